/** Headers that say how a request is sent, or that the server itself fills in. */
const RESERVED = new Set([
  "accept", "connection", "content-length", "content-type", "expect", "host", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade",
]);

/**
 * Headers from lines as `Authorization: Bearer token`, by their names in lower case. Empty lines and those that begin with # do not count.
 * @throws {Error} that says what is wrong in which line, but not what stands there: that is a secret
 */
export function parseHeaderLines(text: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const [, name, value] = /^\s*([!#$%&'*+.^_`|~\w-]+):[ \t]*([\x20-\x7e]*[\x21-\x7e])\s*$/.exec(line) ?? [];
    if (!name || !value) throw new Error(`line ${at + 1} is not`);
    const key = name.toLowerCase();
    if (RESERVED.has(key)) throw new Error(`line ${at + 1} is ${name}, which this server sets itself`);
    if (key in headers) throw new Error(`line ${at + 1} is ${name} once more`);
    headers[key] = value;
  }
  if (Object.keys(headers).length === 0) throw new Error("there is none");
  return headers;
}
