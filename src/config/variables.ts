import { readFileSync } from "node:fs";
import leven, { closestMatch } from "leven";
import * as z from "zod";
import { DEFAULT_CONNECTIONS, DEFAULT_QUEUE_LENGTH } from "../kratos/index.js";
import { DEFAULT_MAX_BODY_BYTES } from "../server/body.js";
import { DEFAULT_CONNECTION_LIMITS } from "../server/connections.js";
import { DEFAULT_LIMITS } from "../server/limits/limits.js";
import { DEFAULT_GRACE_MS } from "../server/listen.js";
import {
  apiKeys,
  callers,
  certificate,
  cookieName,
  flag,
  headers,
  hosts,
  integer,
  jwksUrl,
  kratosUrl,
  logLevel,
  origins,
  privateKey,
  proxies,
  rateLimit,
  redisUrl,
  safelist,
  schemaHash,
  subjectHeader,
  tokenType,
  traitPaths,
  traitsRequired,
  traitsSchemas,
  version,
  writableFile,
} from "./values.js";

/** The environment variables of the process. Each can also be read from a file: append _FILE to its name. */
export const VARIABLES = z.object({
  KRATOS_ADMIN_URL: kratosUrl.optional(),
  KRATOS_PUBLIC_URL: kratosUrl.optional(),
  KRATOS_EMBEDDED: flag.optional(),
  KRATOS_VERSION: version.optional(),
  KRATOS_TIMEOUT_MS: integer(1, 600_000, 10_000).default(10_000),
  KRATOS_CONNECTIONS: integer(1, 10_000, DEFAULT_CONNECTIONS).default(DEFAULT_CONNECTIONS),
  KRATOS_QUEUE: integer(0, 1_000_000, DEFAULT_QUEUE_LENGTH).default(DEFAULT_QUEUE_LENGTH),
  KRATOS_CA: certificate.optional(),
  KRATOS_CLIENT_CERT: certificate.optional(),
  KRATOS_CLIENT_KEY: privateKey.optional(),
  KRATOS_HEADERS: headers.optional(),

  HOST: z.string().default("127.0.0.1"),
  PORT: integer(0, 65_535, 4000).default(4000),
  METRICS_PORT: integer(0, 65_535, 9464).optional(),
  CORS_ORIGINS: origins.default([]),
  TRUSTED_PROXIES: proxies.default([]),
  LOG_LEVEL: logLevel.default("info"),
  AUDIT_FILE: writableFile.optional(),
  AUDIT_SUBJECT_HEADER: subjectHeader.optional(),
  AUDIT_SUBJECT_CALLERS: callers.optional(),
  SHUTDOWN_DELAY_MS: integer(0, 600_000, 5_000).optional(),
  GRACE_MS: integer(0, 600_000, DEFAULT_GRACE_MS).default(DEFAULT_GRACE_MS),

  API_KEYS: apiKeys.optional(),
  JWT_ISSUER: z.string().optional(),
  JWT_AUDIENCE: z.string().optional(),
  JWT_JWKS_URL: jwksUrl.optional(),
  JWT_CLOCK_TOLERANCE_S: integer(0, 600, 5).default(5),
  JWT_TYP: tokenType.optional(),
  JWT_MAX_LIFETIME_S: integer(60, 31_536_000, 86_400).optional(),
  KRATOS_SESSIONS: flag.optional(),
  KRATOS_SESSION_COOKIE: cookieName.default("ory_kratos_session"),
  INSECURE_NO_AUTH: flag.default(false),
  ALLOWED_HOSTS: hosts.optional(),
  TRAITS_MASK: traitPaths.default([]),

  TRAITS_SCHEMAS: traitsSchemas.optional(),
  TRAITS_REQUIRED: traitsRequired.optional(),
  SCHEMA_HASH: schemaHash.optional(),

  INTROSPECTION: flag.optional(),
  EXPLORERS: flag.optional(),
  PUBLIC_SDL: flag.default(false),
  BATCHING: flag.default(false),
  SAFELIST: safelist.optional(),
  RATE_LIMIT: rateLimit.default({ requests: 1000, windowS: 10 }),
  REDIS_URL: redisUrl.optional(),
  MAX_CONNECTIONS: integer(1, 1_000_000, DEFAULT_CONNECTION_LIMITS.connections).default(DEFAULT_CONNECTION_LIMITS.connections),
  MAX_BODY_BYTES: integer(1, 100_000_000, DEFAULT_MAX_BODY_BYTES).default(DEFAULT_MAX_BODY_BYTES),
  MAX_DEPTH: integer(1, 1000, DEFAULT_LIMITS.depth).default(DEFAULT_LIMITS.depth),
  MAX_ALIASES: integer(0, 100_000, DEFAULT_LIMITS.aliases).default(DEFAULT_LIMITS.aliases),
  MAX_ROOT_FIELDS: integer(1, 100_000, DEFAULT_LIMITS.rootFields).default(DEFAULT_LIMITS.rootFields),
  MAX_DIRECTIVES: integer(0, 100_000, DEFAULT_LIMITS.directives).default(DEFAULT_LIMITS.directives),
  MAX_TOKENS: integer(10, 1_000_000, DEFAULT_LIMITS.tokens).default(DEFAULT_LIMITS.tokens),
  MAX_COST: integer(1, 10_000_000, DEFAULT_LIMITS.cost).default(DEFAULT_LIMITS.cost),
});

/** Variables whose values never appear in a message. */
export const SECRETS: ReadonlySet<string> = new Set(["API_KEYS", "KRATOS_CA", "KRATOS_CLIENT_CERT", "KRATOS_CLIENT_KEY", "KRATOS_HEADERS", "REDIS_URL", "SAFELIST"]);

/**
 * Reads variables from the environment. If NAME_FILE is set, NAME is the content of that file without trailing white space.
 * An empty variable counts as not set.
 * @returns the values by name, and a sentence for each file that cannot be read
 */
export function readVariables(env: NodeJS.ProcessEnv, names: readonly string[]) {
  const values: Record<string, string> = {};
  const problems: string[] = [];
  for (const name of names) {
    const value = env[name];
    const file = env[`${name}_FILE`];
    if (value && file) problems.push(`${name} and ${name}_FILE are both set; set only one of them`);
    else if (value) values[name] = value;
    else if (file) {
      try {
        values[name] = readFileSync(file, "utf8").trimEnd();
      } catch (error) {
        problems.push(`${name}_FILE must be the path of a readable file; received ${JSON.stringify(file)} (${(error as NodeJS.ErrnoException).code})`);
      }
    }
  }
  return { values, problems };
}

/** All names that are read from the environment. */
const NAMES = ["NODE_ENV", ...Object.keys(VARIABLES.shape).flatMap((name) => [name, `${name}_FILE`])];

/**
 * Finds variables whose names are similar to a known one that is not defined. Ignoring them would be dangerous: the server
 * would use the default of the variable that is meant.
 * @returns a sentence for each of them
 */
export function findMisspelled(env: NodeJS.ProcessEnv): string[] {
  const candidates = new Map(NAMES.filter((name) => env[name] === undefined).map((name) => [toLetters(name), name]));
  return Object.keys(env).flatMap((name) => {
    const meant = NAMES.includes(name) ? undefined : candidates.get(findSimilar(toLetters(name), [...candidates.keys()]) ?? "");
    if (!meant) return [];
    return [`${name} is not a variable of this server; did you mean ${meant}? If another program needs ${name}, define ${meant} as well, if only as an empty variable`];
  });
}

function toLetters(name: string): string {
  return name.toUpperCase().replace(/[^A-Z0-9]/g, "");
}

/** The text that differs in at most one or two letters, depending on the length, or has the same letters in another order. */
function findSimilar(letters: string, candidates: readonly string[]): string | undefined {
  const sorted = (text: string) => [...text].sort().join("");
  return (
    closestMatch(letters, candidates.filter((candidate) => leven(letters, candidate) <= getTolerance(candidate))) ??
    candidates.find((candidate) => candidate.length === letters.length && sorted(candidate) === sorted(letters))
  );
}

/** Other programs have variables with short names, e.g. `PATH`, that are similar to `PORT`. */
function getTolerance({ length }: string): number {
  return length < 6 ? 0 : length < 10 ? 1 : 2;
}
