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

/**
 * Reads the configuration again when a file changes that a variable is read from. The new configuration is applied as a whole, or
 * not at all if anything in it is invalid. Either is one line in the log.
 */
export class Reloader {
  readonly #files: readonly string[];
  #current: Readonly<Record<string, string>>;
  #timer?: NodeJS.Timeout;
  #reload: (force: boolean) => void = () => {};
  readonly #onChange = () => {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#reload(false), SETTLE_MS);
  };

  /** Create it before the configuration is read for the first time, so that no change is missed. */
  constructor(private readonly env: NodeJS.ProcessEnv) {
    this.#files = RELOADED.flatMap((name) => env[`${name}_FILE`] || []);
    this.#current = readVariables(env, RELOADED).values;
  }

  /** @param apply replaces what depends on the configuration */
  start(apply: (config: Config) => void, logger: Logger): void {
    this.#reload = (force) => {
      try {
        // Before the configuration: a file that changes in between is found to have changed once more.
        const { values } = readVariables(this.env, RELOADED);
        const config = loadConfig(this.env);
        const changed = RELOADED.filter((name) => values[name] !== this.#current[name]);
        if (changed.length > 0) apply(config);
        this.#current = values;
        if (changed.length > 0) logger.info({ changed }, `Configuration reloaded: ${changed.join(", ")}.`);
        else if (force) logger.info("Configuration reloaded: no variable has changed.");
      } catch (error) {
        const problems = error instanceof ConfigError ? error.problems : [(error as Error).message];
        logger.error({ problems }, `The new configuration is invalid, so the previous one remains in use: ${(error as Error).message}.`);
      }
    };
    for (const file of this.#files) watchFile(file, { interval: POLL_INTERVAL_MS, persistent: false }, this.#onChange);
    this.#onChange();
  }

  /** Reads all files again now. */
  reload(): void {
    this.#reload(true);
  }

  stop(): void {
    clearTimeout(this.#timer);
    for (const file of this.#files) unwatchFile(file, this.#onChange);
  }
}
