import ky, { HTTPError, TimeoutError } from "ky";
import { KratosUnavailableError } from "./errors/unavailable-error.js";
import { DeadlineError, Transport, type TransportRequest } from "./transport.js";

export interface KratosHttpOptions {
  /** Base address of Kratos' admin API. */
  readonly adminUrl: string;
  /** Base address of Kratos' public API; only newer releases need it. */
  readonly publicUrl?: string;
  /** Deadline of one request in milliseconds, its retries and the reading of the body included. */
  readonly timeoutMs: number;
}

export interface KratosRequest {
  /** Ory's name of the operation, for errors and logs. */
  readonly operation: string;
  readonly port?: "admin" | "public";
  readonly method?: "get" | "post" | "put" | "patch" | "delete";
  /** Path with a leading slash; whatever a caller gave in it is encoded. */
  readonly path: string;
  readonly query?: ConstructorParameters<typeof URLSearchParams>[0];
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** Whether a GET may be sent again when it fails (default true). */
  readonly retry?: boolean;
  /** A deadline shorter than the configured one, in milliseconds. */
  readonly timeoutMs?: number;
}

export interface KratosAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly location: string;
  readonly link: string;
  readonly date: string;
  readonly body: string;
}

/** What requests to Kratos can be given to. */
export interface KratosSender {
  send(request: KratosRequest): Promise<KratosAnswer>;
}

/** What a read is sent again for. A change never is: whether the first try got through can't be known. */
const RETRIED_STATUS = [429, 502, 503, 504];

/** Tries after the first one: one at once, and one more a little later. */
const RETRY = {
  limit: 1,
  methods: ["get" as const],
  statusCodes: RETRIED_STATUS,
  // Kratos' or a proxy's Retry-After may be longer than any caller waits.
  afterStatusCodes: [],
  delay: () => 200,
};

const ACCEPT = { accept: "application/json" };
const SENDS_JSON = { ...ACCEPT, "content-type": "application/json" };

/** Sends requests to Kratos. Any status is an answer here; no redirect is followed. */
export class KratosHttp implements KratosSender {
  readonly #admin: Transport;
  readonly #public?: Transport;
  readonly #timeoutMs: number;

  constructor({ adminUrl, publicUrl, timeoutMs }: KratosHttpOptions) {
    this.#admin = new Transport(adminUrl);
    if (publicUrl !== undefined) this.#public = new Transport(publicUrl);
    this.#timeoutMs = timeoutMs;
  }

  get hasPublicUrl(): boolean {
    return this.#public !== undefined;
  }

  /** @throws {KratosUnavailableError} where no whole answer came within the deadline. */
  async send(request: KratosRequest): Promise<KratosAnswer> {
    const { operation, method = "get", retry = true } = request;
    const timeoutMs = Math.min(request.timeoutMs ?? Infinity, this.#timeoutMs);
    const deadline = performance.now() + timeoutMs;
    const attempt = () => this.#transportOf(request).send(toTransport(request), deadline - performance.now());
    try {
      return await (retry && method === "get" ? withRetries(attempt, deadline) : attempt());
    } catch (cause) {
      const what =
        cause instanceof DeadlineError || cause instanceof TimeoutError
          ? `Kratos did not answer ${operation} within ${timeoutMs} ms.`
          : `Kratos could not be reached for ${operation}.`;
      const outcome = method === "get" ? "" : " Whether the change was made is not known.";
      throw new KratosUnavailableError(operation, what + outcome, { cause, detail: networkDetail(cause) });
    }
  }

  #transportOf({ port }: KratosRequest): Transport {
    return port === "public" && this.#public ? this.#public : this.#admin;
  }
}

function toTransport({ method = "get", path, query, headers, json }: KratosRequest): TransportRequest {
  return {
    method: method.toUpperCase(),
    path: query ? `${path}?${new URLSearchParams(query).toString()}` : path,
    headers: { ...(json === undefined ? ACCEPT : SENDS_JSON), ...headers },
    body: json === undefined ? undefined : JSON.stringify(json),
  };
}

/** ky comes in only where the first try fails: its request objects cost several times what the request itself does. */
async function withRetries(attempt: () => Promise<KratosAnswer>, deadline: number): Promise<KratosAnswer> {
  let answer = await attempt().catch((error: unknown) => (error instanceof DeadlineError ? Promise.reject(error) : undefined));
  if (answer && !RETRIED_STATUS.includes(answer.status)) return answer;
  const fetch = async () => {
    answer = undefined;
    answer = await attempt();
    return new Response(null, { status: answer.status });
  };
  try {
    await ky("http://kratos", { fetch, timeout: Math.max(deadline - performance.now(), 1), retry: RETRY });
  } catch (error) {
    if (!(error instanceof HTTPError)) throw error;
  }
  return answer!;
}

function networkDetail(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
}
