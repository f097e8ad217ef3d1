import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stopAfterTest } from "./lifecycle.js";

/** Writes files to a folder that exists until the current test ends. What is not text is written as JSON. */
export async function writeFolder(files: Readonly<Record<string, unknown>>) {
  const folder = mkdtempSync(join(tmpdir(), "kratos-graphql-"));
  const path = (name: string) => join(folder, name);
  const write = (changes: Readonly<Record<string, unknown>>) => {
    for (const [name, content] of Object.entries(changes)) writeFileSync(path(name), typeof content === "string" ? content : JSON.stringify(content));
  };
  write(files);
  return stopAfterTest({ path, write, stop: async () => rmSync(folder, { recursive: true }) });
}
