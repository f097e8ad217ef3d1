import { readFileSync } from "node:fs";

/**
 * The environment with what stands in files: where NAME_FILE is set, NAME is the file's text without the line break at its end.
 * An empty variable counts as not set.
 * @param names the variables that there are
 * @returns the variables, and what is wrong with the files
 */
export function withFiles(env: NodeJS.ProcessEnv, names: readonly string[]) {
  const given: Record<string, string> = {};
  const mistakes: string[] = [];
  for (const name of names) {
    const value = env[name];
    const file = env[`${name}_FILE`];
    if (value && file) mistakes.push(`${name} and ${name}_FILE are both set; set one of them`);
    else if (value) given[name] = value;
    else if (file) {
      try {
        given[name] = readFileSync(file, "utf8").trimEnd();
      } catch (error) {
        mistakes.push(`${name}_FILE must be a file that can be read; it is ${JSON.stringify(file)} (${(error as NodeJS.ErrnoException).code})`);
      }
    }
  }
  return { given, mistakes };
}
