/** Why a text is no UUID. */
export type UuidFault = { kind: "length" } | { kind: "format" } | { kind: "hex"; character: string };

/** Go's uuid.FromString: the canonical form, bare hex digits, either in braces or as a URN; in any case of letters. */
export function parseUuid(text: string): string | UuidFault {
  const length = Buffer.byteLength(text);
  if (![32, 34, 36, 38, 41, 45].includes(length)) return { kind: "length" };
  if (length > 38 && !text.startsWith("urn:uuid:")) return { kind: "format" };
  if ((length === 34 || length === 38) && !/^\{.*\}$/s.test(text)) return { kind: "format" };
  const bare = text.replace(/^urn:uuid:/, "").replace(/^\{(.*)\}$/s, "$1");
  if (bare.length === 36 && !/^.{8}-.{4}-.{4}-.{4}-.{12}$/s.test(bare)) return { kind: "format" };
  const hex = bare.length === 36 ? bare.replaceAll("-", "") : bare;
  const odd = /[^0-9a-f]/i.exec(hex)?.[0];
  if (odd !== undefined) return { kind: "hex", character: odd };
  return hex.toLowerCase().replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** The id in a path: Kratos takes a malformed one for the zero id, which nothing has. */
export function uuidOrNone(text: string): string {
  const parsed = parseUuid(text);
  return typeof parsed === "string" ? parsed : "";
}
