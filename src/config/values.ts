import { createPrivateKey, X509Certificate } from "node:crypto";
import * as z from "zod";
import { parseVersion } from "../kratos/index.js";
import { parseApiKeys } from "../server/auth/api-key.js";
import { readSafelist } from "../server/safelist.js";

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Whether a text is one certificate or several as PEM. */
export function isCertificate(pem: string): boolean {
  const found = pem.match(CERTIFICATE) ?? [];
  return found.length > 0 && found.every((one) => succeeds(() => new X509Certificate(one)));
}

/** Whether a text is a private key as PEM, without a passphrase. */
export function isPrivateKey(pem: string): boolean {
  return succeeds(() => createPrivateKey(pem));
}

/** Whether a key is that of the first certificate, which is whom a client shows itself as. */
export function isKeyOf(key: string, certificate: string): boolean {
  return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
}

function succeeds(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}

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

/** An http address of another server. */
export const address = z.string().refine(isHttpUrl, "an http or https address without user, password and query, as http://127.0.0.1:4434");

/** Where an issuer's keys are; some issuers' address has a query. */
export const jwksUrl = z.string().refine(
  (text) => URL.canParse(text) && isHttpUrl(text.replace(/\?.*$/, "")),
  "an http or https address, as https://auth.example.com/.well-known/jwks.json",
);

export const version = z
  .string()
  .refine((text) => parseVersion(text) !== undefined, "a version of Kratos in full, as v1.3.1 or v0.6.3-alpha.1");

export const flag = z.enum(["true", "false"], "true or false").transform((text) => text === "true");

export function integer(from: number, to: number, example: number) {
  const expected = `a whole number from ${from} to ${to}, as ${example}`;
  return z.string().regex(/^\d+$/, expected).transform(Number).refine((value) => value >= from && value <= to, expected);
}

export const origins = z
  .string()
  .refine((text) => listOf(text).every(isOrigin), "origins parted by commas, as https://app.example.com")
  .transform(listOf);

export const apiKeys = readBy(parseApiKeys, 'lines as "kratos-graphql keys create" prints them');

export const certificate = z
  .string()
  .refine(isCertificate, "a certificate as PEM, or several one after the other, as -----BEGIN CERTIFICATE-----…");

export const privateKey = z.string().refine(isPrivateKey, "a private key as PEM without a passphrase, as -----BEGIN PRIVATE KEY-----…");

export const headers = readBy(parseHeaderLines, 'lines as "Authorization: Bearer ory_pat_…"');

/** The text of a manifest, which stays a text. */
export const safelist = z.string().superRefine((text, context) => {
  try {
    readSafelist(text);
  } catch (error) {
    context.addIssue((error as Error).message);
  }
});

/** As `1000/10s`: requests, and the seconds of a window; null for `off`. */
export const rateLimit = z
  .string()
  .regex(/^([1-9]\d{0,8}\/[1-9]\d{0,5}s|off)$/, "requests in seconds, as 1000/10s, or off")
  .transform((text) => {
    const [requests, windowS] = text.split("/").map((part) => parseInt(part, 10));
    return text === "off" ? null : { requests: requests!, windowS: windowS! };
  });

export const redisUrl = z.string().refine(
  (text) => URL.canParse(text) && ["redis:", "rediss:"].includes(new URL(text).protocol),
  "a redis or rediss address, as redis://:password@redis:6379",
);

export const traitPaths = z
  .string()
  .refine((text) => listOf(text).every((path) => /^[^.]+(\.[^.]+)*$/.test(path)), "paths of traits parted by commas, as email,name.last")
  .transform(listOf);

export const logLevel = z.enum(["trace", "debug", "info", "warn", "error", "silent"], "trace, debug, info, warn, error or silent");

/** What a parser makes of a text; its error says what is wrong with it. */
function readBy<T>(parse: (text: string) => T, expected: string) {
  return z.string().transform((text, context): T => {
    try {
      return parse(text);
    } catch (error) {
      context.addIssue(`${expected}: ${(error as Error).message}`);
      return z.NEVER;
    }
  });
}

function isHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return ["http:", "https:"].includes(protocol) && `${username}${password}${search}${hash}` === "";
}

function isOrigin(text: string): boolean {
  return isHttpUrl(text) && new URL(text).origin === text;
}

function listOf(text: string): string[] {
  return text.split(",").map((part) => part.trim());
}
