import ky, { type KyInstance } from "ky";
import { KratosApi } from "./api.js";
import { toKratosError } from "./error-mapping.js";
import {
  onlyKratosErrors,
  KratosPublicUrlRequiredError,
  KratosUnavailableError,
  KratosUnexpectedResponseError,
  KratosUnreadableResponseError,
  KratosVersionMismatchError,
  KratosWrongPortError,
} from "./errors.js";
import { ChangeQueue } from "./identities/change-queue.js";
import { createResponseBudget, PoolFetch, type KratosTls } from "./fetch.js";
import { checkAdminPort, checkPublicPort } from "./ports.js";
import { RequestQueue, type KratosLoad, type QueueCaller } from "./request-queue.js";
import { checkContentType } from "./response.js";
import { retryBefore } from "./retry.js";
import { stringifyBody } from "./validation.js";
import { VersionDetector, type KratosVersion, type PortCall } from "./version.js";

export interface KratosOptions {
  /** Base URL of Kratos' admin API. */
  readonly adminUrl: string;
  /** Base URL of Kratos' public API. Required for flows, schemas and self-service errors of Kratos v0.7 and later. */
  readonly publicUrl?: string;
  /** Version to assume instead of asking Kratos, e.g. `v1.3.1`. */
  readonly version?: string;
  /** Deadline of one request in milliseconds, including its retries. */
  readonly timeoutMs: number;
  /** Requests that run at a time, to both ports together. Default: 64. */
  readonly connections?: number;
  /** Requests that wait for a running one to end. Further ones are refused. Default: 256. */
  readonly queueLength?: number;
  readonly tls?: KratosTls;
  /** Headers sent with every request to Kratos, and nowhere else. Names are in lowercase. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What can be replaced while requests are running. */
export type KratosCredentials = Pick<KratosOptions, "tls" | "headers">;

export const DEFAULT_CONNECTIONS = 64;
export const DEFAULT_QUEUE_LENGTH = 256;
const MAX_CONNECT_MS = 10_000;

/** Requests at a time for one batch of what Kratos returns one by one. */
export const BATCH_CONCURRENCY = 16;

/**
 * Called before each request to Kratos; a request that is retried counts once.
 * @param operation name of the operation in Ory's API documents, e.g. `getIdentity`
 * @returns headers to add, and what to call when the request has ended: with the status, if there is a response, and with the
 * error, if it failed
 */
export type Interceptor = (operation: string) => {
  readonly headers?: Readonly<Record<string, string>>;
  readonly onEnd?: (status: number | undefined, error: unknown) => void;
};

export interface CallOptions {
  /** A deadline before the configured one, in the time of `performance.now()`. */
  readonly deadline?: number;
  /** Whether to start at once, beyond the limit of connections: for the few requests that all others wait for. */
  readonly priority?: boolean;
  /** Whether a GET is sent again if it fails. Default: true. */
  readonly retry?: boolean;
}

/** Deadline of a check, which has to be quick. */
const CHECK_TIMEOUT_MS = 2_000;

/** For a request that checks Kratos: it starts at once, so that a busy Kratos does not look unavailable. */
export function getCheckOptions(): CallOptions {
  return { retry: false, priority: true, deadline: performance.now() + CHECK_TIMEOUT_MS };
}

interface Port {
  readonly ky: KyInstance;
  readonly pool: PoolFetch;
}

/** The admin port at its root, the admin port under `/admin`, and the public port. */
export type PortName = "root" | "admin" | "public";

/** Sends requests to one Kratos with ky, and knows which version it is. */
export class KratosClient {
  readonly #interceptor?: Interceptor;
  readonly #caller: QueueCaller;
  readonly #shared: {
    readonly ports: Readonly<Record<"root" | "admin", Port>> & { readonly public?: Port };
    readonly queue: RequestQueue;
    readonly versions: VersionDetector;
    readonly changes: ChangeQueue;
    readonly timeoutMs: number;
    /** What is running for all who ask for it, by name. */
    readonly running: Map<string, Promise<unknown>>;
    headers: KratosOptions["headers"];
  };

  constructor(options: KratosOptions | KratosClient, interceptor?: Interceptor, caller: QueueCaller = { name: "", group: "" }) {
    this.#interceptor = interceptor;
    this.#caller = caller;
    if (options instanceof KratosClient) {
      this.#shared = options.#shared;
      return;
    }
    const { adminUrl, publicUrl, version, timeoutMs, connections = DEFAULT_CONNECTIONS, queueLength = DEFAULT_QUEUE_LENGTH } = options;
    const queue = new RequestQueue(connections, queueLength);
    const memory = createResponseBudget();
    const versions = new VersionDetector(version);
    // When Kratos stops, it closes its connections. Another version may be there next.
    const onLostConnection = () => versions.forget();
    const createPort = (baseUrl: string): Port => ({
      ky: createKy(baseUrl, () => this.#shared.headers),
      pool: new PoolFetch({
        baseUrl,
        tls: options.tls,
        queue,
        memory,
        connections,
        connectTimeoutMs: Math.min(timeoutMs, MAX_CONNECT_MS),
        onLostConnection,
      }),
    });
    const root = createPort(adminUrl);
    const admin = { ...root, ky: root.ky.extend({ prefixUrl: `${toPrefix(adminUrl)}/admin` }) };
    this.#shared = {
      ports: { root, admin, public: publicUrl === undefined ? undefined : createPort(publicUrl) },
      queue,
      versions,
      changes: new ChangeQueue(),
      timeoutMs,
      running: new Map(),
      headers: options.headers,
    };
  }

  replaceCredentials({ tls, headers }: KratosCredentials): void {
    const { ports } = this.#shared;
    this.#shared.headers = headers;
    for (const { pool } of [ports.root, ports.public ?? []].flat()) pool.reconnect(tls);
  }

  /** The same Kratos, connections and detected version included, with an interceptor of its requests. Cheap to create. */
  withInterceptor(interceptor: Interceptor, caller?: QueueCaller): KratosClient {
    return new KratosClient(this, interceptor, caller);
  }

  get load(): KratosLoad {
    return this.#shared.queue.load;
  }

  /** The queue of the changes of each identity, in which those of all callers wait. */
  get changes(): ChangeQueue {
    return this.#shared.changes;
  }

  /** Deadline of one request in milliseconds, including its retries. */
  get timeoutMs(): number {
    return this.#shared.timeoutMs;
  }

  /** The deadline of an operation that starts now, in the time of `performance.now()`. */
  get deadline(): number {
    return performance.now() + this.#shared.timeoutMs;
  }

  /** The configured version. Undefined if Kratos is asked for it. */
  get configuredVersion(): string | undefined {
    return this.#shared.versions.configured;
  }

  /**
   * Runs an operation as the connected version of Kratos requires, and once more if Kratos turns out to be another version.
   * @param operation name of the operation in Ory's API documents
   */
  async run<T>(operation: string, work: (api: KratosApi) => Promise<T>): Promise<T> {
    const version = await this.#detectVersion(operation);
    try {
      return await work(new KratosApi(this, version));
    } catch (error) {
      if (!(error instanceof KratosVersionMismatchError)) throw error;
      if (await this.isCurrent(operation, version)) throw (await this.findWrongPort("admin")) ?? error;
      return work(new KratosApi(this, await this.#detectVersion(operation)));
    }
  }

  /** Asks Kratos whether it still is of this version. */
  async isCurrent(operation: string, { name }: KratosVersion): Promise<boolean> {
    this.#shared.versions.forget();
    return (await this.#detectVersion(operation)).name === name;
  }

  /**
   * Asks the admin port for the name of Kratos' version, e.g. `v1.3.1`.
   * @throws {KratosWrongPortError} if the admin URL leads to the public port
   */
  async askVersion(options?: CallOptions): Promise<string> {
    const name = await checkAdminPort(this.#callTo("root", options));
    await this.#shared.versions.observe(name);
    return name;
  }

  /**
   * Checks that the public URL leads to the public port.
   * @throws {KratosWrongPortError} if it leads to the admin port
   */
  checkPublicPort(options?: CallOptions): Promise<void> {
    return checkPublicPort(this.#callTo("public", options));
  }

  /**
   * Runs work that has the same result for all callers. Whoever asks for it while it is running shares its result.
   * @param name what it is
   */
  share<T>(name: string, work: () => Promise<T>): Promise<T> {
    const { running } = this.#shared;
    const promise = running.get(name) ?? work().finally(() => running.delete(name));
    running.set(name, promise);
    return promise as Promise<T>;
  }

  /** Why a path is missing, if it is because a URL leads to the wrong port. */
  findWrongPort(port: "admin" | "public"): Promise<KratosWrongPortError | undefined> {
    return this.share(`check of the ${port} port`, () => this.#checkPort(port));
  }

  async #checkPort(port: "admin" | "public"): Promise<KratosWrongPortError | undefined> {
    const options = getCheckOptions();
    const error = await (port === "admin" ? this.askVersion(options) : this.checkPublicPort(options)).catch(onlyKratosErrors);
    return error instanceof KratosWrongPortError ? error : undefined;
  }

  /** Every other request waits for the version, so these go first. */
  async #detectVersion(operation: string): Promise<KratosVersion> {
    const call = this.#callTo("root", { priority: true });
    try {
      return await this.#shared.versions.detect(operation, () => checkAdminPort(call), call);
    } catch (error) {
      throw error instanceof KratosUnavailableError ? error.during(operation) : error;
    }
  }

  #callTo(port: PortName, options?: CallOptions): PortCall {
    return (operation, request) => this.call(operation, port, request, options);
  }

  /**
   * Makes one request to Kratos.
   * @param operation name of the operation in Ory's API documents
   * @param request makes the request with the ky instance of the port
   * @throws {KratosPublicUrlRequiredError} if it is for the public port, and there is no public URL
   * @throws {KratosError} if the request fails
   */
  async call<T>(operation: string, port: PortName, request: (api: KyInstance) => Promise<T>, options: CallOptions = {}): Promise<T> {
    const { [port]: target } = this.#shared.ports;
    if (!target) throw new KratosPublicUrlRequiredError(operation);
    const { ky, pool } = target;
    const deadline = Math.min(options.deadline ?? Infinity, this.deadline);
    const sendOptions = { deadline, priority: options.priority ?? false, caller: this.#caller };
    const intercepted = this.#interceptor?.(operation);
    let isChange = false;
    let status: number | undefined;
    const api = ky.extend({
      // Undefined would remove the headers of the port.
      headers: intercepted?.headers ?? {},
      retry: options.retry === false ? { limit: 0 } : retryBefore(deadline),
      fetch: async (input) => {
        const attempt = input as Request;
        isChange = attempt.method !== "GET";
        status = undefined;
        const response = await pool.fetch(attempt, sendOptions);
        status = response.status;
        return response;
      },
    });
    try {
      const result = await request(api);
      intercepted?.onEnd?.(status, undefined);
      return result;
    } catch (thrown) {
      const error = await toKratosError(operation, thrown, isChange, pool.connection, status);
      if (mayBeReplaced(error, status)) this.#shared.versions.forget();
      intercepted?.onEnd?.(status, error);
      throw error;
    }
  }
}

/** Whether a failure may mean that Kratos was replaced with another version: it was away, or it responds in another way. */
function mayBeReplaced(error: unknown, status: number | undefined): boolean {
  if (error instanceof KratosUnavailableError) return status === undefined || status >= 502;
  return error instanceof KratosUnreadableResponseError || (error instanceof KratosUnexpectedResponseError && error.status < 500);
}

/**
 * The ky instance of a port.
 * @param getHeaders returns the headers that the operator has configured
 */
function createKy(baseUrl: string, getHeaders: () => Readonly<Record<string, string>> | undefined): KyInstance {
  return ky.create({
    prefixUrl: toPrefix(baseUrl),
    headers: { accept: "application/json" },
    // Redirects are not followed: they mean that the version differs, or that something else responds.
    redirect: "manual",
    // ky's timeout is for each attempt. The deadline is for all of them together.
    timeout: false,
    stringifyJson: stringifyBody,
    hooks: {
      // Last, so that no header of a caller replaces one that the operator has configured.
      beforeRequest: [(request) => Object.entries(getHeaders() ?? {}).forEach(([name, value]) => request.headers.set(name, value))],
      afterResponse: [checkContentType],
    },
  });
}

/** Origin and path of a base URL, without what `Request` refuses: credentials. */
function toPrefix(baseUrl: string): string {
  const { origin, pathname } = new URL(baseUrl);
  return origin + pathname.replace(/\/+$/, "");
}
