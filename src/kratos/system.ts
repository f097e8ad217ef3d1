import { readJson } from "./answer.js";
import { KratosUnavailableError } from "./errors/unavailable-error.js";
import { KratosUnexpectedAnswerError } from "./errors/unexpected-answer-error.js";
import { askVersion } from "./release.js";
import { sendForSystem } from "./send-for-system.js";
import type { Upstream } from "./upstream.js";

export interface Readiness {
  readonly ready: boolean;
  /** Names of what Kratos says it waits for, as `database`; its texts hold addresses and stay inside. */
  readonly failing: readonly string[];
}

/** Kratos as a program: whether it runs, which version, its metrics. */
export class System {
  constructor(private readonly upstream: Upstream) {}

  /** The version as Kratos gives it. */
  version(): Promise<string> {
    return askVersion(this.upstream.http);
  }

  /** Whether Kratos takes requests. */
  async isAlive(): Promise<boolean> {
    return (await this.#ask("isAlive", "/health/alive"))?.status === 200;
  }

  /** Whether Kratos and its database can do their work. */
  async readiness(): Promise<Readiness> {
    const answer = await this.#ask("isReady", "/health/ready");
    return { ready: answer?.status === 200, failing: answer?.status === 503 ? failingIn(answer.body) : [] };
  }

  /** Kratos' metrics in Prometheus' text format. */
  async metrics(): Promise<string> {
    const operation = "prometheus";
    const answer = await sendForSystem(this.upstream.http, { operation, path: "/metrics/prometheus" });
    if (answer.status !== 200) readJson(operation, answer);
    if (answer.contentType.includes("text/plain")) return answer.body;
    throw new KratosUnexpectedAnswerError(operation, answer.status, `content type ${answer.contentType}`);
  }

  async #ask(operation: string, path: string) {
    try {
      return await sendForSystem(this.upstream.http, { operation, path, retry: false });
    } catch (error) {
      if (error instanceof KratosUnavailableError) return undefined;
      throw error;
    }
  }
}

function failingIn(body: string): string[] {
  try {
    const { errors } = JSON.parse(body) as { errors?: Record<string, unknown> };
    return Object.keys(errors ?? {});
  } catch {
    return [];
  }
}
