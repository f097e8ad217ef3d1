import { readJson } from "./answer.js";
import { parseJson } from "./json.js";
import { KratosError, KratosUnexpectedResponseError } from "./errors.js";
import type { KratosAnswer } from "./sender.js";
import { sendForSystem, type Release } from "./version.js";
import type { Upstream } from "./upstream.js";

export interface Readiness {
  readonly ready: boolean;
  /** Names of what Kratos says it waits for, as `database`; its texts hold addresses and stay inside. */
  readonly failing: readonly string[];
}

/** Deadline of a question after Kratos' health: whoever asks wants to know soon. */
const PROBE_MS = 2_000;

/** Kratos as a program: whether it runs, which version, its metrics. */
export class System {
  readonly #asking = new Map<string, Promise<KratosAnswer | undefined>>();

  constructor(private readonly upstream: Upstream) {}

  /** The version as Kratos gives it. */
  version(): Promise<string> {
    return this.upstream.askVersion();
  }

  /** The release that the adapter takes Kratos for. */
  release(): Promise<Release> {
    return this.upstream.run("getVersion", (release) => Promise.resolve(release));
  }

  /** What answers at one of the two addresses, by its own clock where it tells; undefined where nothing does. */
  async reach(port: "admin" | "public"): Promise<{ readonly date?: Date } | undefined> {
    const answer = await this.#ask("isAlive", "/health/alive", port);
    if (!answer) return undefined;
    const date = new Date(answer.date);
    return Number.isNaN(date.getTime()) ? {} : { date };
  }

  /** Whether Kratos takes requests. */
  async isAlive(): Promise<boolean> {
    return isOk(await this.#ask("isAlive", "/health/alive"));
  }

  /** Whether Kratos and its database can do their work. */
  async readiness(): Promise<Readiness> {
    const answer = await this.#ask("isReady", "/health/ready");
    return { ready: isOk(answer), failing: answer?.status === 503 ? failingIn(answer.body) : [] };
  }

  /** Kratos' metrics in Prometheus' text format. */
  async metrics(): Promise<string> {
    const operation = "prometheus";
    const answer = await sendForSystem(this.upstream, { operation, path: "/metrics/prometheus" });
    if (answer.status !== 200) readJson(operation, answer);
    if (answer.contentType.includes("text/plain")) return answer.body.toString();
    throw new KratosUnexpectedResponseError(operation, answer.status, "not plain text");
  }

  /** Asked ahead of all others, so that a busy Kratos is not taken for one that is away; but one question at a time. */
  #ask(operation: string, path: string, port: "admin" | "public" = "admin"): Promise<KratosAnswer | undefined> {
    const key = `${port} ${path}`;
    const asking = this.#asking.get(key) ?? this.#askNow(operation, path, port).finally(() => this.#asking.delete(key));
    this.#asking.set(key, asking);
    return asking;
  }

  async #askNow(operation: string, path: string, port: "admin" | "public"): Promise<KratosAnswer | undefined> {
    try {
      const deadline = performance.now() + PROBE_MS;
      return await sendForSystem(this.upstream, { operation, path, port, retry: false, ahead: true, deadline });
    } catch (error) {
      if (error instanceof KratosError) return undefined;
      throw error;
    }
  }
}

/** A proxy that answers in Kratos' place does so with a page. */
function isOk(answer: KratosAnswer | undefined): boolean {
  return answer?.status === 200 && answer.contentType.includes("json");
}

function failingIn(body: Buffer): string[] {
  const { errors } = (parseJson(body) ?? {}) as { errors?: Record<string, unknown> };
  return Object.keys(errors ?? {});
}
