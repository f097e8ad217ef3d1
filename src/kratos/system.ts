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

/** Deadline of a health check. Whoever asks wants to know soon. */
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

  /** Checks whether a port responds. Returns the time of Kratos' clock, if it says it, or undefined if nothing responds. */
  async reach(port: "admin" | "public"): Promise<{ readonly date?: Date } | undefined> {
    const response = await this.#probe("isAlive", "health/alive", port === "admin" ? "root" : "public");
    if (!response) return undefined;
    const date = new Date(response.headers.get("date") ?? "");
    return Number.isNaN(date.getTime()) ? {} : { date };
  }

  /** Whether Kratos accepts requests. */
  async isAlive(): Promise<boolean> {
    return (await this.#probe("isAlive", "health/alive"))?.status === 200;
  }

  /** Whether Kratos and its dependencies can serve requests. */
  async readiness(): Promise<Readiness> {
    const response = await this.#probe("isReady", "health/ready");
    return { ready: response?.status === 200, failing: response?.status === 503 ? getFailing(await response.text()) : [] };
  }

  /** Kratos' metrics in Prometheus' text format. */
  metrics(): Promise<string> {
    const headers = { accept: "text/plain" };
    return followAdminRedirect("metrics/prometheus", (path) => this.client.call("prometheus", "root", (root) => root.get(path, { headers }).text()));
  }

  /** A health check goes before all other requests, so that a busy Kratos does not look down; but one at a time. */
  #probe(operation: string, path: string, port: PortName = "root"): Promise<KyResponse | undefined> {
    const key = `${port} ${path}`;
    const probe = this.#probes.get(key) ?? this.#startProbe(operation, path, port).finally(() => this.#probes.delete(key));
    this.#probes.set(key, probe);
    return probe;
  }

  /** @returns the response, whatever its status, or undefined if there is none that Kratos would give */
  async #startProbe(operation: string, path: string, port: PortName): Promise<KyResponse | undefined> {
    const options = { retry: false, priority: true, deadline: performance.now() + PROBE_TIMEOUT_MS };
    // A redirect must fail for it to be followed.
    const throwHttpErrors = (status: number) => status < 400;
    try {
      return await followAdminRedirect(path, (at) => this.client.call(operation, port, (api) => api.get(at, { throwHttpErrors }), options));
    } catch (error) {
      if (error instanceof KratosError) return undefined;
      throw error;
    }
  }
}

function getFailing(body: string): string[] {
  try {
    const { errors } = JSON.parse(body) as { errors?: Record<string, unknown> };
    return Object.keys(errors ?? {});
  } catch {
    return [];
  }
}
