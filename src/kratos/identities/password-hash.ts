import type { Feature } from "../features.js";

/** A format in which Kratos imports the hash of a password. */
interface HashFormat {
  readonly name: string;
  /** How its hashes begin. Kratos looks at nothing else when it imports them. */
  readonly prefix: RegExp;
  /** What follows. A hash that does not match is imported, and never accepts the password. */
  readonly rest: RegExp;
  /** What the version must have, apart from the import of credentials. */
  readonly feature?: Feature;
}

const BASE64 = "[A-Za-z0-9+/]+={0,2}";
const SALTED = `pf=${BASE64}\\$(${BASE64})?\\$${BASE64}`;
const ARGON2 = new RegExp(`^v=19\\$m=\\d+,t=\\d+,p=\\d+\\$[A-Za-z0-9+/]+\\$[A-Za-z0-9+/]+$`);
const CRYPT = /^(rounds=\d+\$)?[^$]*\$[./A-Za-z0-9]+$/;

/** The formats of Kratos' `hash` package. */
const FORMATS: readonly HashFormat[] = [
  { name: "bcrypt", prefix: /^\$2[abzy]?\$/, rest: /^\d\d\$[./A-Za-z0-9]{53}$/ },
  { name: "Argon2id", prefix: /^\$argon2id\$/, rest: ARGON2 },
  { name: "Argon2i", prefix: /^\$argon2i\$/, rest: ARGON2, feature: "argon2iHash" },
  { name: "PBKDF2", prefix: /^\$pbkdf2-sha(1|224|256|384|512)\$/, rest: /^i=\d+,l=\d+\$[A-Za-z0-9+/]*\$[A-Za-z0-9+/]+$/ },
  { name: "scrypt", prefix: /^\$scrypt\$/, rest: new RegExp(`^ln=\\d+,r=\\d+,p=\\d+\\$(${BASE64})?\\$${BASE64}$`), feature: "scryptHash" },
  {
    name: "Firebase scrypt",
    prefix: /^\$firescrypt\$/,
    rest: new RegExp(`^ln=\\d+,r=\\d+,p=\\d+\\$(${BASE64})?\\$${BASE64}\\$(${BASE64})?\\$${BASE64}$`),
    feature: "scryptHash",
  },
  { name: "MD5", prefix: /^\$md5\$/, rest: new RegExp(`^(${BASE64}|${SALTED})$`), feature: "scryptHash" },
  { name: "SHA", prefix: /^\$sha(1|256|512)\$/, rest: new RegExp(`^${SALTED}$`), feature: "shaHash" },
  { name: "SSHA", prefix: /^\{SSHA(256|512)?\}/, rest: new RegExp(`^${BASE64}$`), feature: "shaHash" },
  { name: "MD5-crypt", prefix: /^\$md5-crypt\$/, rest: CRYPT, feature: "cryptHash" },
  { name: "SHA256-crypt", prefix: /^\$sha256-crypt\$/, rest: CRYPT, feature: "cryptHash" },
  { name: "SHA512-crypt", prefix: /^\$sha512-crypt\$/, rest: CRYPT, feature: "cryptHash" },
  { name: "HMAC", prefix: /^\$hmac-(md4|md5|sha1|sha224|sha256|sha384|sha512)\$/, rest: new RegExp(`^${BASE64}\\$${BASE64}$`), feature: "hmacHash" },
];

const EXPECTED = `Expected one of these formats: ${FORMATS.map(({ name }) => name).join(", ")}.`;

/**
 * Checks the hash of a password that is to be imported.
 * @returns what the version must have to import it, or what is wrong. It never contains any part of the hash
 */
export function checkHash(hash: string): { readonly feature?: Feature; readonly problem?: string } {
  const format = FORMATS.find(({ prefix }) => prefix.test(hash));
  if (!format) return { problem: `Kratos does not support the format of this hash. ${EXPECTED}` };
  const { name, prefix, rest, feature } = format;
  if (rest.test(hash.replace(prefix, ""))) return { feature };
  return { problem: `The hash begins like a hash of ${name}, but it is incomplete or malformed, so no password would ever match it.` };
}
