import type { Fault } from "./fault.js";

const LINE = /^(\s*)I\[#([^\]]*)\] S\[[^\]]*\] (.+)$/;
const NAMED = /^(missing properties: |additionalProperties )("(?:[^"\\]|\\.)*"(?:, "(?:[^"\\]|\\.)*")*)(.*)$/;

/**
 * The faults in the text of Kratos' JSON Schema validator, each once:
 *
 *     I[#/traits] S[#/properties/traits] validation failed
 *       I[#/traits/email] S[#/properties/traits/properties/email/format] "nope" is not valid "email"
 *
 * A line with deeper lines below it is their heading. A format is reported twice, which is one fault, and the order
 * of the lines is another each time; here it is the paths'.
 * @returns an empty list where the text is not of that form.
 */
export function faultsInValidation(reason: string): Fault[] {
  const lines = reason.split("\n").flatMap((line) => {
    const [, indent, pointer, message] = LINE.exec(line) ?? [];
    if (indent === undefined || pointer === undefined || message === undefined) return [];
    return [{ depth: indent.length, path: keysOf(pointer), message }];
  });
  const leaves = lines.filter(({ depth }, at) => (lines[at + 1]?.depth ?? 0) <= depth);
  const faults = leaves.flatMap(faultPerName).map((fault) => [JSON.stringify(fault), fault] as const);
  return [...new Map(faults)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, fault]) => fault);
}

/** A missing or surplus property is named in the message only: the path goes on to it, so that a form can show it there. */
function faultPerName({ path, message }: Fault): Fault[] {
  const [, opening, names, ending] = NAMED.exec(message) ?? [];
  if (opening === undefined || names === undefined) return [{ path, message }];
  return (names.match(/"(?:[^"\\]|\\.)*"/g) ?? []).map((name) => ({
    path: [...path, unquote(name)],
    message: `${opening}${name}${ending}`,
  }));
}

/** Kratos writes a JSON pointer as a URI fragment: `~` and `/` escaped first, then percent-encoded. */
function keysOf(pointer: string): string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((key) => decodeURIComponent(key).replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** Go's %q is JSON's form but for escapes that JSON lacks (\x, \a, \U); such a name stays as Go wrote it. */
function unquote(quoted: string): string {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return quoted.slice(1, -1);
  }
}
