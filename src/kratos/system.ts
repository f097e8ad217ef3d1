import type { KyResponse } from "ky";
import { getCheckOptions, type CallOptions, type KratosClient, type PortName } from "./client.js";
import { KratosError, KratosWrongPortError } from "./errors.js";
import { followAdminRedirect, type KratosVersion } from "./version.js";

/** What a check of Kratos found. */
export interface KratosStatus {
  /** Whether Kratos accepts requests. */
  readonly alive: boolean;
  /** Whether Kratos and its dependencies can serve requests, and both URLs lead to the right port. */
  readonly ready: boolean;
  /** Names of the dependencies that Kratos reports as failing, e.g. `database`. Its messages contain addresses and are left out. */
  readonly failing: readonly string[];
  /** The version that Kratos reports, e.g. `v1.3.1`. */
  readonly version?: string;
  /** Why Kratos is not alive, or not ready although it says so. */
  readonly error?: KratosError;
}

/** Kratos as a program: its status, version and metrics. */
export class System {
  #check?: Promise<KratosStatus>;
  #metrics?: Promise<string>;

  constructor(private readonly client: KratosClient) {}

  /** Asks Kratos for its version, e.g. `v1.3.1`. */
  version(): Promise<string> {
    return this.client.askVersion();
  }

  /** The version that the adapter has detected, and its features. */
  detectVersion(): Promise<KratosVersion> {
    return this.client.run("getVersion", ({ version }) => Promise.resolve(version));
  }

  /**
   * Checks whether Kratos is ready, and whether both URLs lead to the right port. Never fails. Concurrent checks share their
   * requests.
   */
  check(): Promise<KratosStatus> {
    this.#check ??= this.#startCheck().finally(() => (this.#check = undefined));
    return this.#check;
  }

  async #startCheck(): Promise<KratosStatus> {
    const options = getCheckOptions();
    const [alive, readiness, version, publicPort] = await Promise.all([
      settle(this.#getHealth("isAlive", "health/alive", "root", options)),
      settle(this.#getHealth("isReady", "health/ready", "root", options)),
      settle(this.client.askVersion(options)),
      settle(this.client.checkPublicPort(options)),
    ]);
    if (!isHealthy(alive)) return { alive: false, ready: false, failing: [], error: alive instanceof KratosError ? alive : undefined };
    const failing = readiness instanceof KratosError || readiness.status !== 503 ? [] : getFailing(await readiness.text());
    const error = isHealthy(readiness) ? this.#findProblem(version, publicPort) : undefined;
    const ready = isHealthy(readiness) && error === undefined;
    return { alive: true, ready, failing, version: typeof version === "string" ? version : undefined, error };
  }

  /** Why a Kratos that says that it is ready cannot be used. */
  #findProblem(version: string | KratosError, publicPort: void | KratosError): KratosError | undefined {
    // If the version is configured, the admin API may be one that does not report it.
    if (version instanceof KratosError && (version instanceof KratosWrongPortError || !this.client.configuredVersion)) return version;
    return publicPort instanceof KratosWrongPortError ? publicPort : undefined;
  }

  /**
   * Checks whether anything responds on a port.
   * @returns the time of its clock if the response has it
   * @throws {KratosError} if nothing responds
   */
  async reach(port: "admin" | "public"): Promise<{ readonly date?: Date }> {
    const response = await this.#getHealth("isAlive", "health/alive", port === "admin" ? "root" : "public", getCheckOptions());
    const date = new Date(response.headers.get("date") ?? "");
    return Number.isNaN(date.getTime()) ? {} : { date };
  }

  /** Kratos' metrics in Prometheus' text format. Those of a Kratos in long use have 18 MB, so concurrent calls share their request. */
  metrics(): Promise<string> {
    this.#metrics ??= this.#getMetrics().finally(() => (this.#metrics = undefined));
    return this.#metrics;
  }

  #getMetrics(): Promise<string> {
    const headers = { accept: "text/plain" };
    return followAdminRedirect("metrics/prometheus", (path) => this.client.call("prometheus", "root", (root) => root.get(path, { headers }).text()));
  }

  /** @returns the response, whatever it is */
  #getHealth(operation: string, path: string, port: PortName, callOptions: CallOptions): Promise<KyResponse> {
    // A redirect to /admin must fail for it to be followed.
    const options = { headers: { accept: "*/*" }, throwHttpErrors: (status: number) => status === 307 };
    return followAdminRedirect(path, (at) => this.client.call(operation, port, (api) => api.get(at, options), callOptions));
  }
}

/** The result of a request, or the error that it failed with. */
async function settle<T>(request: Promise<T>): Promise<T | KratosError> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof KratosError) return error;
    throw error;
  }
}

/** A proxy that responds in Kratos' place does so with a page. */
function isHealthy(response: KyResponse | KratosError): boolean {
  return !(response instanceof KratosError) && response.status === 200 && (response.headers.get("content-type") ?? "").includes("json");
}

function getFailing(body: string): string[] {
  try {
    const { errors } = JSON.parse(body) as { errors?: Record<string, unknown> };
    return Object.keys(errors ?? {});
  } catch {
    return [];
  }
}
