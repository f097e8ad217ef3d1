import { parseArgs } from "node:util";
import { z } from "zod";
import { parseVersion } from "./kratos/index.js";

/** What the process is told by its environment. */
export interface Config {
  /** Base address of Kratos' admin API; an embedded Kratos is started where there is none. */
  readonly kratosAdminUrl?: string;
  readonly kratosPublicUrl?: string;
  readonly kratosVersion?: string;
  /** Deadline of one request to Kratos in milliseconds. */
  readonly kratosTimeoutMs: number;
  readonly host: string;
  readonly port: number;
  /** Origins whose pages may call the API from a browser; none, where it is empty. */
  readonly corsOrigins: readonly string[];
  /** Largest request body in bytes. */
  readonly maxBodyBytes: number;
  /** Whether browsers get explorers. */
  readonly explorers: boolean;
}

/** Something in the environment or on the command line that the process cannot start with. */
export class ConfigError extends Error {}

const address = z.string().refine(isHttpUrl, "an http or https address without user, password and query, as http://127.0.0.1:4434");
const integer = (from: number, to: number, example: string) => {
  const expected = `a whole number from ${from} to ${to}, as ${example}`;
  return z.string().regex(/^\d+$/, expected).transform(Number).refine((value) => value >= from && value <= to, expected);
};

const VARIABLES = z.object({
  KRATOS_ADMIN_URL: address.optional(),
  KRATOS_PUBLIC_URL: address.optional(),
  KRATOS_VERSION: z
    .string()
    .refine((text) => parseVersion(text) !== undefined, "a version of Kratos in full, as v1.3.1 or v0.6.3-alpha.1")
    .optional(),
  KRATOS_TIMEOUT_MS: integer(1, 600_000, "10000").default(10_000),
  HOST: z.string().default("127.0.0.1"),
  PORT: integer(0, 65_535, "4000").default(4000),
  CORS_ORIGINS: z
    .string()
    .refine((text) => listOf(text).every(isOrigin), "origins parted by commas, as https://app.example.com")
    .transform(listOf)
    .default([]),
  MAX_BODY_BYTES: integer(1, 100_000_000, "1000000").default(1_000_000),
  EXPLORERS: z.enum(["true", "false"], "true or false").optional(),
});

/**
 * The configuration from the environment. An empty variable counts as not set.
 * @param args the command line without the program; it takes no options
 * @throws {ConfigError} that names every mistake: the variable, what was expected, and what came
 */
export function loadConfig(env: NodeJS.ProcessEnv, args: readonly string[]): Config {
  checkArguments(args);
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const { success, data, error } = VARIABLES.safeParse(given);
  if (!success) {
    const mistakes = error.issues.map(({ path, message }) => {
      const name = String(path[0]);
      return `${name} must be ${message}; it is ${name.endsWith("_URL") ? withoutPassword(given[name]) : JSON.stringify(given[name])}`;
    });
    throw new ConfigError([...new Set(mistakes)].join("; "));
  }
  for (const name of ["KRATOS_PUBLIC_URL", "KRATOS_VERSION"] as const) {
    if (data[name] && !data.KRATOS_ADMIN_URL) {
      throw new ConfigError(`${name} is set without KRATOS_ADMIN_URL; set both, or none to try the embedded Kratos`);
    }
  }
  return {
    kratosAdminUrl: data.KRATOS_ADMIN_URL,
    kratosPublicUrl: data.KRATOS_PUBLIC_URL,
    kratosVersion: data.KRATOS_VERSION,
    kratosTimeoutMs: data.KRATOS_TIMEOUT_MS,
    host: data.HOST,
    port: data.PORT,
    corsOrigins: data.CORS_ORIGINS,
    maxBodyBytes: data.MAX_BODY_BYTES,
    explorers: data.EXPLORERS ? data.EXPLORERS === "true" : env["NODE_ENV"] !== "production",
  };
}

function checkArguments(args: readonly string[]): void {
  try {
    parseArgs({ args: [...args], options: {}, strict: true });
  } catch (error) {
    const [what] = (error as Error).message.split(". ");
    throw new ConfigError(`${what}; kratos-graphql takes no options but environment variables: KRATOS_ADMIN_URL, PORT and others, see the README`);
  }
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

/** An address for a message: what stands before the @ may be a password. */
function withoutPassword(text: string | undefined): string {
  return JSON.stringify((text ?? "").replace(/\/\/.*@/, "//…@"));
}
