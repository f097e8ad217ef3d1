import type { Kratos, KratosStatus } from "../kratos/index.js";
import type { Logger } from "./logger.js";

/** How long a result is reused: anyone may send health checks, and each one costs four requests to Kratos. */
const STATUS_TTL_MS = 1_000;

/**
 * Knows the status of Kratos. It is checked in the background, so that the server notices without a request of a caller if
 * Kratos goes away, comes back, or is replaced with another version. Each of these is a line in the log.
 */
export class KratosMonitor {
  #status?: KratosStatus;
  #version?: string;
  #checking?: Promise<KratosStatus>;
  #checkedAt = 0;

  constructor(
    private readonly kratos: Kratos,
    private readonly logger: Logger,
  ) {}

  /** The result of the last check. Undefined before the first one. */
  get status(): KratosStatus | undefined {
    return this.#status;
  }

  /** The status of Kratos, as it was at most a second ago. Never fails. */
  check(): Promise<KratosStatus> {
    const isFresh = performance.now() - this.#checkedAt <= STATUS_TTL_MS;
    return isFresh && this.#checking ? this.#checking : this.#startCheck();
  }

  #startCheck(): Promise<KratosStatus> {
    this.#checkedAt = performance.now();
    this.#checking = this.#check();
    return this.#checking;
  }

  async #check(): Promise<KratosStatus> {
    const status = await this.kratos.system.check();
    this.#report(status);
    this.#status = status;
    this.#version = status.version ?? this.#version;
    return status;
  }

  #report({ ready, failing, version, error }: KratosStatus): void {
    const wasReady = this.#status?.ready ?? true;
    if (wasReady && !ready) this.logger.warn({ failing, reason: error?.message, detail: error?.detail }, "Kratos is not ready.");
    if (!wasReady && ready) this.logger.warn({ version }, "Kratos is ready again.");
    if (version && this.#version && version !== this.#version) this.logger.warn({ version, before: this.#version }, "The version of Kratos has changed.");
  }
}
