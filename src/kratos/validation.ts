import type { ValidationIssue } from "./errors.js";
import type { WireErrorBody } from "./types.js";

export const badDuration: ValidationIssue = {
  path: ["expires_in"],
  message: 'Kratos refuses this duration. Expected one such as "12h", "1h30m" or "4ms": greater than zero, less than 292 years.',
};

/** The issues that Kratos has a sentence of its own for. */
const SENTENCES: readonly (readonly [RegExp, (found: string) => ValidationIssue])[] = [
  [/^Unable to find JSON Schema ID: (.*)$/s, (id) => ({ path: ["schema_id"], message: `Kratos has no identity schema "${id.slice(0, 100)}".` })],
  [/"expires_in"/, () => badDuration],
  [/^The identity does not have any recovery addresses set/, () => ({ path: ["identity_id"], message: "The identity has no recovery address." })],
];

/** What is wrong with a request body that Kratos refused: at least one fault. */
export function issuesIn(body: WireErrorBody | undefined): readonly ValidationIssue[] {
  const reason = body?.reason ?? "";
  const issues = issuesInValidation(reason);
  if (issues.length > 0) return issues;
  for (const [pattern, fault] of SENTENCES) {
    const found = pattern.exec(reason);
    if (found) return [fault(found[1] ?? "")];
  }
  return [{ path: [], message: publicText(reason) ?? publicText(body?.message) ?? "Kratos refuses this input." }];
}

const LINE = /^(\s*)I\[#([^\]]*)\] S\[[^\]]*\] (.+)$/;
const NAMED = /^(missing properties: |additionalProperties )("(?:[^"\\]|\\.)*"(?:, "(?:[^"\\]|\\.)*")*)(.*)$/;

/**
 * The issues in the text of Kratos' JSON Schema validator, each once:
 *
 *     I[#/traits] S[#/properties/traits] validation failed
 *       I[#/traits/email] S[#/properties/traits/properties/email/format] "nope" is not valid "email"
 *
 * A line with deeper lines below it is their heading. A format is reported twice, which is one fault, and the order
 * of the lines is another each time; here it is the paths'.
 * @returns an empty list where the text is not of that form.
 */
export function issuesInValidation(reason: string): ValidationIssue[] {
  const lines = reason.split("\n").flatMap((line) => {
    const [, indent, pointer, message] = LINE.exec(line) ?? [];
    if (indent === undefined || pointer === undefined || message === undefined) return [];
    return [{ depth: indent.length, path: keysOf(pointer), message }];
  });
  const leaves = lines.filter(({ depth }, at) => (lines[at + 1]?.depth ?? 0) <= depth);
  const issues = leaves.flatMap(faultPerName).map((fault) => [JSON.stringify(fault), fault] as const);
  return [...new Map(issues)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, fault]) => fault);
}

/** A missing or surplus property is named in the message only: the path goes on to it, so that a form can show it there. */
function faultPerName({ path, message }: ValidationIssue): ValidationIssue[] {
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

const PRIVATE = [
  /\b[a-z][a-z0-9+.-]*:\/\//i, // an address
  /\b(sqlite|postgres|pq:|mysql|cockroach|SQLSTATE|constraint|sql:|no rows in result set)/i, // the database
  /\b(dial (tcp|udp|unix)|lookup \S+ on|connection refused|goroutine \d+)\b/i, // the network, the program
  /\.go:\d+/,
  /\b(\d{1,3}\.){3}\d{1,3}\b|\b[a-z0-9-]+(\.[a-z0-9-]+)*:\d{2,5}\b/i, // a host and its port
];

/**
 * Kratos' words, if they may be shown to a caller. Its errors can hold the database's text, addresses
 * inside the cluster, and (v0.6.3) a whole stack trace.
 * @returns undefined where they may not, or where there are none.
 */
export function publicText(text: string | undefined): string | undefined {
  if (!text || PRIVATE.some((pattern) => pattern.test(text))) return undefined;
  return text;
}
