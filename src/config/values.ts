import { createPrivateKey, X509Certificate } from "node:crypto";
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import * as z from "zod";
import { parseVersion } from "../kratos/index.js";
import { parseApiKeys } from "../server/auth/api-key.js";
import { createClientAddress } from "../server/client-address.js";
import { readSafelist } from "../server/safelist.js";

/* The types of the environment variables. Each message completes the sentence "NAME must be …". */

export const flag = z.enum(["true", "false"], "true or false").transform((text) => text === "true");

export function integer(min: number, max: number, example: number) {
  const expected = `an integer from ${min} to ${max}, e.g. ${example}`;
  return z.string().regex(/^\d+$/, expected).transform(Number).refine((value) => value >= min && value <= max, expected);
}

export const logLevel = z.enum(["trace", "debug", "info", "warn", "error", "silent"], "trace, debug, info, warn, error or silent");

export const tokenType = z.enum(["at+jwt", "JWT"], "at+jwt or JWT");

export const version = z
  .string()
  .refine((text) => parseVersion(text) !== undefined, "the full version of Kratos, e.g. v1.3.1 or v0.6.3-alpha.1");

export const kratosUrl = z.string().refine(isHttpUrl, "an http or https URL without user name, password or query, e.g. http://127.0.0.1:4434");

/** The URL of an issuer's public keys. Some issuers' URLs have a query. */
export const jwksUrl = z.string().refine(
  (text) => URL.canParse(text) && isHttpUrl(text.replace(/\?.*$/, "")),
  "an http or https URL, e.g. https://auth.example.com/.well-known/jwks.json",
);

export const redisUrl = z.string().refine(
  (text) => URL.canParse(text) && ["redis:", "rediss:"].includes(new URL(text).protocol),
  "a redis or rediss URL, e.g. redis://:password@redis:6379",
);

export const origins = z
  .string()
  .refine((text) => toList(text).every(isOrigin), "a comma-separated list of origins, e.g. https://app.example.com")
  .transform(toList);

/** Host names without ports, in lower case. */
export const hosts = z
  .string()
  .refine((text) => toList(text).every((host) => /^([\w-]+(\.[\w-]+)*|\[[\da-f:.]+\])$/i.test(host)), "a comma-separated list of host names without ports, e.g. kratos-graphql,graph.example.com")
  .transform((text) => toList(text.toLowerCase()));

/** Addresses and subnets of proxies. */
export const proxies = z
  .string()
  .refine((text) => succeeds(() => createClientAddress(toList(text))), "a comma-separated list of addresses and subnets, e.g. 10.0.0.0/8,192.168.1.7")
  .transform(toList);

/** How paths of traits are written elsewhere: from the identity, or as a JSON pointer. They would hide nothing here. */
const OTHER_PATH = /^(traits\.|\/(traits\/)?)/;

export const traitPaths = z.string().transform((text, context) => {
  const expected = "a comma-separated list of trait paths, e.g. email,name.last";
  const paths = toList(text);
  const wrong = paths.find((path) => OTHER_PATH.test(path));
  if (wrong !== undefined) {
    context.addIssue(`${expected}: write ${JSON.stringify(wrong.replace(OTHER_PATH, "").replaceAll("/", "."))} in place of ${JSON.stringify(wrong)}`);
  } else if (!paths.every((path) => /^[^.]+(\.[^.]+)*$/.test(path))) context.addIssue(expected);
  return paths;
});

/** `kratos`, or the path of a mapping file. `off` becomes null. */
export const traitsSchemas = z.string().transform((text) => (text === "off" ? null : text));

export const traitsRequired = z.enum(["trust"], "trust, which makes required traits non-null in the schema");

export const schemaHash = z.string().regex(/^sha256:[\da-f]{64}$/, "sha256: and the 64 hexadecimal digits that kratos-graphql schema | sha256sum prints");

/** Requests per window in seconds, e.g. `1000/10s`. `off` becomes null. */
export const rateLimit = z
  .string()
  .regex(/^([1-9]\d{0,8}\/[1-9]\d{0,5}s|off)$/, "a number of requests per number of seconds, e.g. 1000/10s, or off")
  .transform((text) => {
    const [requests, windowS] = text.split("/").map((part) => parseInt(part, 10));
    return text === "off" ? null : { requests: requests!, windowS: windowS! };
  });

export const apiKeys = parsedWith(parseApiKeys, 'lines as printed by "kratos-graphql keys create"');

/** Names of callers as they are in the log. */
export const callers = z
  .string()
  .refine((text) => toList(text).every((name) => /^(key|jwt|jwt-client):./.test(name)), "a comma-separated list of callers as they are in the log, e.g. key:gateway")
  .transform(toList);

/** Headers that contain credentials, which must not get into a log. */
const SECRET_HEADERS = ["authorization", "cookie", "proxy-authorization", "x-session-token"];

export const subjectHeader = z
  .string()
  .refine((name) => HEADER_NAME.test(name) && !SECRET_HEADERS.includes(name.toLowerCase()), "the name of a header that contains no credentials, e.g. X-User-Id");

/** A file that exists or can be created. Nothing is written to it yet. */
export const writableFile = z
  .string()
  .refine((path) => succeeds(() => assertWritable(path)), "the path of a file that this process can write, e.g. /var/log/kratos-graphql/audit.log");

export const headers = parsedWith(parseHeaders, 'lines such as "Authorization: Bearer ory_pat_…"');

/** The text of a persisted query manifest. It stays text: the facade parses it. */
export const safelist = z.string().superRefine((text, context) => {
  try {
    readSafelist(text);
  } catch (error) {
    context.addIssue((error as Error).message);
  }
});

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** One or more certificates in PEM format. */
export const certificate = z.string().refine((pem) => {
  const certificates = pem.match(CERTIFICATE) ?? [];
  return certificates.length > 0 && certificates.every((one) => succeeds(() => new X509Certificate(one)));
}, "one or more certificates in PEM format, i.e. -----BEGIN CERTIFICATE-----…");

export const privateKey = z
  .string()
  .refine((pem) => succeeds(() => createPrivateKey(pem)), "a private key in PEM format without a passphrase, i.e. -----BEGIN PRIVATE KEY-----…");

/** Whether a private key belongs to the first certificate of a chain, which is the one that a client presents. */
export function isKeyOf(key: string, certificates: string): boolean {
  return new X509Certificate(certificates).checkPrivateKey(createPrivateKey(key));
}

const HEADER_NAME = /^[!#$%&'*+.^_`|~\w-]+$/;

export const cookieName = z.string().regex(HEADER_NAME, "the name of a cookie, as in `session.cookie.name` of the Kratos configuration, e.g. ory_kratos_session");

/** Headers that control the transport of a request, or that the server sets itself. */
const RESERVED_HEADERS = new Set([
  "accept", "connection", "content-length", "content-type", "expect", "host", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade",
]);

/**
 * Parses lines such as `Authorization: Bearer token` to headers by lower-case name. Empty lines and lines that begin with #
 * are ignored.
 * @throws {Error} if a line is invalid; the message names the line but does not repeat it, because it may contain a secret
 */
function parseHeaders(text: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const [, name, value] = /^\s*([!#$%&'*+.^_`|~\w-]+):[ \t]*([\x20-\x7e]*[\x21-\x7e])\s*$/.exec(line) ?? [];
    if (!name || !value) throw new Error(`line ${index + 1} does not have this form`);
    const key = name.toLowerCase();
    if (RESERVED_HEADERS.has(key)) throw new Error(`line ${index + 1} sets ${name}, which the server sets itself`);
    if (key in headers) throw new Error(`line ${index + 1} sets ${name} a second time`);
    headers[key] = value;
  }
  if (Object.keys(headers).length === 0) throw new Error("there are no headers");
  return headers;
}

/** Text for a parser that throws an error if the text is invalid. */
function parsedWith<T>(parse: (text: string) => T, expected: string) {
  return z.string().transform((text, context): T => {
    try {
      return parse(text);
    } catch (error) {
      context.addIssue(`${expected}: ${(error as Error).message}`);
      return z.NEVER;
    }
  });
}

function assertWritable(path: string): void {
  const exists = existsSync(path);
  if (exists && statSync(path).isDirectory()) throw new Error("a directory");
  accessSync(exists ? path : dirname(path), constants.W_OK);
}

function isHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return ["http:", "https:"].includes(protocol) && `${username}${password}${search}${hash}` === "";
}

function isOrigin(text: string): boolean {
  return isHttpUrl(text) && new URL(text).origin === text;
}

function toList(text: string): string[] {
  return text.split(",").map((part) => part.trim());
}

function succeeds(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}
