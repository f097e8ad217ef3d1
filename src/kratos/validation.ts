import type { ValidationIssue } from "./errors.js";
import type { WireErrorBody } from "./types.js";

/** A request body that is not sent because Kratos would reject it, or misread it. */
export class InvalidBodyError extends Error {
  override readonly name = "InvalidBodyError";

  constructor(readonly issues: readonly ValidationIssue[]) {
    super("The request body is invalid.");
  }
}

export const INVALID_DURATION: ValidationIssue = {
  path: ["expires_in"],
  message: 'The duration is invalid. Expected a duration that is greater than zero and less than 292 years, e.g. "12h", "1h30m" or "4ms".',
};

export const INVALID_RETURN_URL: ValidationIssue = {
  path: ["return_to"],
  message: "Kratos does not accept this URL. Expected a URL that is listed in `selfservice.allowed_return_urls` in the Kratos configuration, or begins with one that is.",
};

const LAST_FIRST_FACTOR: ValidationIssue = {
  path: ["type"],
  message: "Kratos does not delete the last first factor of an identity, because nobody could sign in without it. To prevent sign-ins, set the state of the identity to inactive.",
};

/** Maximum length of the JSON that is sent. A short operation can name one large variable many times. */
const MAX_BODY_CHARACTERS = 1_000_000;

/**
 * Writes a request body. ky's `stringifyJson`.
 * @throws {InvalidBodyError} if the JSON would be larger than Kratos accepts, before it is written
 */
export function stringifyBody(json: unknown): string {
  if (measure(json, MAX_BODY_CHARACTERS) < 0) {
    throw new InvalidBodyError([{ path: ["traits"], message: `The input is too large. Expected at most ${MAX_BODY_CHARACTERS} characters of JSON.` }]);
  }
  return JSON.stringify(json);
}

/** How many characters of JSON a value takes, and how many a request body may have. A value that is too large takes more than that. */
export function measureBody(json: unknown): { readonly used: number; readonly limit: number } {
  return { used: MAX_BODY_CHARACTERS - measure(json, MAX_BODY_CHARACTERS), limit: MAX_BODY_CHARACTERS };
}

/** @returns how much of `room` is left after a value, negative as soon as the value does not fit */
function measure(value: unknown, room: number): number {
  if (typeof value === "string") return room - value.length - 2;
  if (typeof value !== "object" || value === null) return room - 4;
  let left = room - 2;
  for (const [key, part] of Object.entries(value)) {
    if (left < 0) break;
    left = measure(part, left - key.length - 4);
  }
  return left;
}

/** Issues that Kratos reports in a sentence of their own. */
const SENTENCES: readonly (readonly [RegExp, (match: string) => ValidationIssue])[] = [
  [/^Unable to find JSON Schema ID: (.*)$/s, (id) => ({ path: ["schema_id"], message: `Kratos has no identity schema "${id.slice(0, 100)}".` })],
  [/^(Requested return_to URL "|Unable to parse the return_to query parameter)/, () => INVALID_RETURN_URL],
  [/^You cannot remove the last first factor/, () => LAST_FIRST_FACTOR],
  [/^(Unknown credentials type|Credentials type) /, () => ({ path: ["type"], message: "Kratos does not delete credentials of this type." })],
  [/"expires_in"/, () => INVALID_DURATION],
  [/^The identity does not have any recovery addresses set/, () => ({ path: ["identity_id"], message: "The identity has no recovery address." })],
];

/** The issues in Kratos' error for a rejected request body. At least one. */
export function getValidationIssues(body: WireErrorBody | undefined): readonly ValidationIssue[] {
  const reason = body?.reason ?? "";
  const issues = parseSchemaIssues(reason);
  if (issues.length > 0) return issues;
  for (const [pattern, toIssue] of SENTENCES) {
    const match = pattern.exec(reason);
    if (match) return [toIssue(match[1] ?? "")];
  }
  return [{ path: [], message: toPublicText(reason) ?? toPublicText(body?.message) ?? "Kratos rejected the input." }];
}

/** No form has so many fields. A caller can send a hundred thousand properties that the schema does not have. */
const MAX_ISSUES = 100;

const LINE = /^(\s*)I\[#([^\]]*)\] S\[[^\]]*\] (.+)$/;
const NAMED = /^(missing properties: |additionalProperties )("(?:[^"\\]|\\.)*"(?:, "(?:[^"\\]|\\.)*")*)(.*)$/;

/**
 * Parses the text of Kratos' JSON Schema validator:
 *
 *     I[#/traits] S[#/properties/traits] validation failed
 *       I[#/traits/email] S[#/properties/traits/properties/email/format] "nope" is not valid "email"
 *
 * A line with deeper lines below it is their heading. Kratos reports a wrong format twice, and the lines in a different
 * order each time, so issues are returned once each and sorted by path.
 * @returns an empty list if the text is not of this form
 */
function parseSchemaIssues(reason: string): ValidationIssue[] {
  const lines = reason.split("\n").flatMap((line) => {
    const [, indent, pointer, message] = LINE.exec(line) ?? [];
    if (indent === undefined || pointer === undefined || message === undefined) return [];
    return [{ depth: indent.length, path: parsePointer(pointer, decode), message }];
  });
  const leaves = lines.filter(({ depth }, index) => (lines[index + 1]?.depth ?? 0) <= depth);
  const issues = leaves.flatMap(splitByProperty).map((issue) => [JSON.stringify(issue), issue] as const);
  return [...new Map(issues)].sort(([a], [b]) => (a < b ? -1 : 1)).slice(0, MAX_ISSUES).map(([, issue]) => issue);
}

/** Only the message names a missing or additional property. The path is extended to it, so that a form can show it there. */
export function splitByProperty({ path, message }: ValidationIssue): ValidationIssue[] {
  const [, prefix, names, suffix] = NAMED.exec(message) ?? [];
  if (prefix === undefined || names === undefined) return [{ path, message }];
  return (names.match(/"(?:[^"\\]|\\.)*"/g) ?? []).map((name) => ({
    path: [...path, unquote(name)],
    message: `${prefix}${name}${suffix}`,
  }));
}

/**
 * The keys in a JSON pointer (RFC 6901).
 * @param decode decodes each key before its escapes are resolved. Default: it is not encoded
 */
export function parsePointer(pointer: string, decode = (key: string) => key): string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((key) => decode(key).replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** Kratos writes a JSON pointer as a URI fragment: `~` and `/` are escaped first, then percent-encoded. */
function decode(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

/** Go's %q is JSON, except for escapes that JSON lacks (\x, \a, \U). A name with one of those stays as Go wrote it. */
function unquote(quoted: string): string {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return quoted.slice(1, -1);
  }
}

/** Patterns that take linear time, because callers put long texts of their own into those of Kratos. */
const PRIVATE = [
  /:\/\//, // a URL
  /\b(sqlite|postgres|pq:|mysql|cockroach|SQLSTATE|constraint|sql:|no rows in result set|no such table|database is|access denied|password authentication)/i,
  /\b(dial (tcp|udp|unix)|lookup \S+ on|connection refused|no such host|i\/o timeout|deadline exceeded|EOF|x509:|tls:|goroutine \d+)/i,
  /[a-z0-9\]-]:\d{2,5}\b/i, // a host and its port
  /\.go:\d/,
  /\b(\d{1,3}\.){3}\d{1,3}\b/, // an address
];

/** A longer text is no sentence of Kratos. */
const MAX_PUBLIC_CHARACTERS = 1_000;

/**
 * Kratos' own text, if it may be shown to a caller: it can contain the database's text, addresses inside the cluster, and
 * (v0.6.3) a whole stack trace.
 */
export function toPublicText(text: string | undefined): string | undefined {
  return !text || text.length > MAX_PUBLIC_CHARACTERS || PRIVATE.some((pattern) => pattern.test(text)) ? undefined : text;
}

/** The parts of an error body that may be shown to a caller. */
export function toPublicError({ id, code, status, message, reason, details }: WireErrorBody): WireErrorBody {
  const isFailure = code === undefined || code >= 500;
  // Of a failure, Kratos passes on what its libraries say. Go puts a colon before each error that another one wraps.
  const toText = (text: string | undefined) => (isFailure && text?.includes(": ") ? undefined : toPublicText(text));
  const toValue = (value: unknown): unknown => {
    if (typeof value === "string") return DOCUMENTATION.test(value) ? value : (toText(value) ?? null);
    if (Array.isArray(value)) return value.map(toValue);
    return typeof value === "object" && value !== null ? mapValues(value, toValue) : value;
  };
  return {
    ...(code !== undefined && { code }),
    id: toText(id),
    status: toText(status),
    message: toText(message),
    reason: toText(reason),
    ...(details && { details: mapValues(details, toValue) }),
  };
}

/** Kratos links to it in its details. */
const DOCUMENTATION = /^https:\/\/www\.ory\.sh\/[\w/#-]*$/;

function mapValues(object: object, map: (value: unknown) => unknown): object {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]));
}
