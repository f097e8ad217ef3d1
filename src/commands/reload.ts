import { unwatchFile, watchFile } from "node:fs";
import { ConfigError, loadConfig, type Config } from "../config.js";
import { readVariables } from "../config/variables.js";
import type { Logger } from "../server/logger.js";

/** Variables that can change while the server runs. The environment itself cannot, so they change only if they are read from files. */
const RELOADED = ["API_KEYS", "KRATOS_CA", "KRATOS_CLIENT_CERT", "KRATOS_CLIENT_KEY", "KRATOS_HEADERS", "SAFELIST", "TRAITS_MASK"] as const;

/** How often the files are looked at. Events of the file system do not arrive in every container, nor for every symbolic link. */
const POLL_INTERVAL_MS = 1_000;

/** A certificate and its key are two files: time for the second one to be written. */
const SETTLE_MS = 250;

export interface Reloader {
  /** Reads all files again now. */
  reload(): void;
  stop(): void;
}

/**
 * Reads the configuration again when a file changes that a variable is read from. The new configuration is applied as a whole, or
 * not at all if anything in it is invalid. Either is one line in the log.
 */
export function reloadOnChange(env: NodeJS.ProcessEnv, apply: (config: Config) => void, logger: Logger): Reloader {
  const files = RELOADED.flatMap((name) => env[`${name}_FILE`] || []);
  let current = readVariables(env, RELOADED).values;
  let timer: NodeJS.Timeout | undefined;

  const reload = () => {
    try {
      const config = loadConfig(env);
      const { values } = readVariables(env, RELOADED);
      const changed = RELOADED.filter((name) => values[name] !== current[name]);
      if (changed.length > 0) apply(config);
      current = values;
      logger.info({ changed }, changed.length > 0 ? `Configuration reloaded: ${changed.join(", ")}.` : "Configuration reloaded: nothing has changed.");
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      logger.error({ problems: error.problems }, `The new configuration is invalid, so the previous one remains in use: ${error.message}.`);
    }
  };
  const onChange = () => {
    clearTimeout(timer);
    timer = setTimeout(reload, SETTLE_MS);
  };
  for (const file of files) watchFile(file, { interval: POLL_INTERVAL_MS, persistent: false }, onChange);
  return {
    reload,
    stop: () => {
      clearTimeout(timer);
      for (const file of files) unwatchFile(file, onChange);
    },
  };
}
