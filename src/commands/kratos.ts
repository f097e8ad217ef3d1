import { ConfigError, loadConfig, type Config } from "../config.js";
import { Kratos, KratosError, type IdentityPage, type PagePosition } from "../kratos/index.js";

/** A command can wait longer for a slow Kratos than the callers of a server. */
const MIN_TIMEOUT_MS = 60_000;

/** A command cannot run. The message is for the user. */
export class CommandError extends Error {}

export interface ConnectedKratos {
  readonly kratos: Kratos;
  readonly adminUrl: string;
  /** The configured timeout. Kratos should complete a request of an import in half of it. */
  readonly timeoutMs: number;
}

/**
 * Connects a command to the Kratos that the server would use.
 * @throws {CommandError} if it is not configured, or cannot be used
 */
export async function connectKratos(command: string): Promise<ConnectedKratos> {
  const { kratosAdminUrl: adminUrl, kratosPublicUrl: publicUrl, ...config } = readConfig();
  if (adminUrl === undefined || publicUrl === undefined) {
    const missing = adminUrl === undefined ? "KRATOS_ADMIN_URL" : "KRATOS_PUBLIC_URL";
    throw new CommandError(`${command} requires KRATOS_ADMIN_URL and KRATOS_PUBLIC_URL, e.g. http://127.0.0.1:4434 and http://127.0.0.1:4433; ${missing} is not set`);
  }
  const kratos = new Kratos({ adminUrl, publicUrl, version: config.kratosVersion, timeoutMs: Math.max(config.kratosTimeoutMs, MIN_TIMEOUT_MS), ...config.kratos });
  const { ready, error } = await kratos.system.check();
  if (!ready) throw new CommandError(`Kratos at ${adminUrl} is not ready${error ? `: ${error.detail ?? error.message}` : "; see the Kratos log"}. Run "kratos-graphql doctor" for details`);
  return { kratos, adminUrl, timeoutMs: config.kratosTimeoutMs };
}

function readConfig(): Config {
  try {
    return loadConfig(process.env);
  } catch (error) {
    if (error instanceof ConfigError) throw new CommandError(error.message);
    throw error;
  }
}

/** The position after a page. Undefined if the page is empty. */
export function getEnd({ identities, firstIndex }: IdentityPage): PagePosition | undefined {
  const last = identities.at(-1);
  return last && { id: last.id, ...(firstIndex !== undefined && { index: firstIndex + identities.length - 1 }) };
}

/** The message of an error with its detail, e.g. what the network reported. */
export function describe({ message, detail }: KratosError): string {
  return detail === undefined ? message : `${message.replace(/\.$/, "")}; ${detail}`;
}

/**
 * The reason why a command failed.
 * @throws the error itself, if it is a bug
 */
export function explainError(error: unknown): string {
  if (error instanceof CommandError) return error.message;
  if (error instanceof KratosError) return describe(error);
  throw error;
}
