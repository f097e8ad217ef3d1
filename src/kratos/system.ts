import type { KyResponse } from "ky";
import { getCheckOptions, type CallOptions, type KratosClient } from "./client.js";
import { onlyKratosErrors, KratosError, KratosWrongPortError } from "./errors.js";
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
  /** The time of Kratos' clock. Undefined if the response does not have it. */
  readonly date?: Date;
  /** Why Kratos cannot be reached, or is not ready although it says so. */
  readonly error?: KratosError;
}

/** Kratos as a program: its status, version and metrics. */
export class System {
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
    return this.client.share("check", () => this.#startCheck());
  }

  async #startCheck(): Promise<KratosStatus> {
    const options = getCheckOptions();
    const [alive, readiness, version, publicPort] = await Promise.all([
      this.#getHealth("isAlive", "health/alive", options).catch(onlyKratosErrors),
      this.#getHealth("isReady", "health/ready", options).catch(onlyKratosErrors),
      this.client.askVersion(options).catch(onlyKratosErrors),
      this.client.checkPublicPort(options).catch(onlyKratosErrors),
    ]);
    if (alive instanceof KratosError) return { alive: false, ready: false, failing: [], error: alive };
    const date = getDate(alive);
    if (!isHealthy(alive)) return { alive: false, ready: false, failing: [], date };
    const failing = readiness instanceof KratosError || readiness.status !== 503 ? [] : await readFailing(readiness);
    const error = isHealthy(readiness) ? this.#findProblem(version, publicPort) : undefined;
    const ready = isHealthy(readiness) && error === undefined;
    return { alive: true, ready, failing, version: typeof version === "string" ? version : undefined, date, error };
  }

  /** Why a Kratos that says that it is ready cannot be used. */
  #findProblem(version: string | KratosError, publicPort: void | KratosError): KratosError | undefined {
    // If the version is configured, the admin API may be one that does not report it.
    if (version instanceof KratosError && (version instanceof KratosWrongPortError || !this.client.configuredVersion)) return version;
    return publicPort instanceof KratosWrongPortError ? publicPort : undefined;
  }

  /**
   * Checks that the public URL leads to the public port.
   * @throws {KratosError} if it does not, e.g. a {@link KratosWrongPortError}
   */
  checkPublicPort(): Promise<void> {
    return this.client.checkPublicPort(getCheckOptions());
  }

  /** Kratos' metrics in Prometheus' text format. Those of a Kratos in long use have 18 MB, so concurrent calls share their request. */
  metrics(): Promise<string> {
    return this.client.share("metrics", () => this.#getMetrics());
  }

  #getMetrics(): Promise<string> {
    const headers = { accept: "text/plain" };
    return followAdminRedirect("metrics/prometheus", (path) => this.client.call("prometheus", "root", (root) => root.get(path, { headers }).text()));
  }

  /** @returns the response, whatever it is */
  #getHealth(operation: string, path: string, callOptions: CallOptions): Promise<KyResponse> {
    // A redirect to /admin must fail for it to be followed. 400 is what a server that expects TLS responds.
    const options = { headers: { accept: "*/*" }, throwHttpErrors: (status: number) => status === 307 || status === 400 };
    return followAdminRedirect(path, (at) => this.client.call(operation, "root", (root) => root.get(at, options), callOptions));
  }
}

function getDate({ headers }: KyResponse): Date | undefined {
  const date = new Date(headers.get("date") ?? "");
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** A proxy that responds in Kratos' place does so with a page. */
function isHealthy(response: KyResponse | KratosError): boolean {
  return !(response instanceof KratosError) && response.status === 200 && (response.headers.get("content-type") ?? "").includes("json");
}

/** Empty if the body does not name them, or there is not enough memory for it. */
async function readFailing(response: KyResponse): Promise<string[]> {
  try {
    const { errors } = JSON.parse(await response.text()) as { errors?: Record<string, unknown> };
    return Object.keys(errors ?? {});
  } catch {
    return [];
  }
}
