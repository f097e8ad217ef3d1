import type { KyResponse } from "ky";
import type { KratosClient, PortName } from "./client.js";
import { KratosError } from "./errors.js";
import { followAdminRedirect, type KratosVersion } from "./version.js";

/** Whether Kratos and its dependencies can serve requests. */
export interface Readiness {
  readonly ready: boolean;
  /** Names of the dependencies that Kratos reports as failing, e.g. `database`. Its messages contain addresses and are left out. */
  readonly failing: readonly string[];
}

/** Deadline of a health check, which has to be quick. */
const PROBE_TIMEOUT_MS = 2_000;

/** Kratos as a program: its health, version and metrics. */
export class System {
  readonly #probes = new Map<string, Promise<KyResponse | undefined>>();

  constructor(private readonly client: KratosClient) {}

  /** Asks Kratos for its version, e.g. `v1.3.1`. */
  version(): Promise<string> {
    return this.client.askVersion();
  }

  /** The version that the adapter has detected, and its features. */
  detectVersion(): Promise<KratosVersion> {
    return this.client.run("getVersion", ({ version }) => Promise.resolve(version));
  }

  /** Checks whether anything responds on a port. Returns the time of its clock if the response has it, or undefined if nothing responds. */
  async reach(port: "admin" | "public"): Promise<{ readonly date?: Date } | undefined> {
    const response = await this.#probe("isAlive", "health/alive", port === "admin" ? "root" : "public");
    if (!response) return undefined;
    const date = new Date(response.headers.get("date") ?? "");
    return Number.isNaN(date.getTime()) ? {} : { date };
  }

  /** Whether Kratos accepts requests. */
  async isAlive(): Promise<boolean> {
    return isHealthy(await this.#probe("isAlive", "health/alive"));
  }

  /** Whether Kratos and its dependencies can serve requests. */
  async readiness(): Promise<Readiness> {
    const response = await this.#probe("isReady", "health/ready");
    return { ready: isHealthy(response), failing: response?.status === 503 ? getFailing(await response.text()) : [] };
  }

  /** Kratos' metrics in Prometheus' text format. */
  metrics(): Promise<string> {
    const headers = { accept: "text/plain" };
    return followAdminRedirect("metrics/prometheus", (path) => this.client.call("prometheus", "root", (root) => root.get(path, { headers }).text()));
  }

  /** Health checks go before all other requests, so that a busy Kratos does not look unavailable. Equal ones share a response. */
  #probe(operation: string, path: string, port: PortName = "root"): Promise<KyResponse | undefined> {
    const key = `${port} ${path}`;
    const probe = this.#probes.get(key) ?? this.#startProbe(operation, path, port).finally(() => this.#probes.delete(key));
    this.#probes.set(key, probe);
    return probe;
  }

  /** @returns the response, whatever it is, or undefined if there is none */
  async #startProbe(operation: string, path: string, port: PortName): Promise<KyResponse | undefined> {
    const callOptions = { retry: false, priority: true, deadline: performance.now() + PROBE_TIMEOUT_MS };
    // A redirect to /admin must fail for it to be followed.
    const options = { headers: { accept: "*/*" }, throwHttpErrors: (status: number) => status === 307 };
    try {
      return await followAdminRedirect(path, (at) => this.client.call(operation, port, (api) => api.get(at, options), callOptions));
    } catch (error) {
      if (error instanceof KratosError) return undefined;
      throw error;
    }
  }
}

/** A proxy that responds in Kratos' place does so with a page. */
function isHealthy(response: KyResponse | undefined): boolean {
  return response?.status === 200 && (response.headers.get("content-type") ?? "").includes("json");
}

function getFailing(body: string): string[] {
  try {
    const { errors } = JSON.parse(body) as { errors?: Record<string, unknown> };
    return Object.keys(errors ?? {});
  } catch {
    return [];
  }
}
