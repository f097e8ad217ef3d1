import ky, { HTTPError, type KyInstance } from "ky";
import { KratosUnavailableError } from "./errors/unavailable-error.js";

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
  readonly body: string;
}

/** A change is never sent twice: whether the first try got through can't be known. */
const RETRY = {
  limit: 2,
  methods: ["get" as const],
  statusCodes: [429, 502, 503, 504],
  // Kratos' or a proxy's Retry-After may be longer than any caller waits.
  afterStatusCodes: [],
  delay: (attempt: number) => 100 * 2 ** (attempt - 1),
};

/** What requests to Kratos can be given to. */
export interface KratosSender {
  send(request: KratosRequest): Promise<KratosAnswer>;
}

/** Sends requests to Kratos. Any status is an answer here; no redirect is followed. */
export class KratosHttp implements KratosSender {
  readonly #ky: KyInstance;

  constructor(private readonly options: KratosHttpOptions) {
    this.#ky = ky.create({
      redirect: "manual",
      // ky's own time limit leaves out the reading of the body; the signal below covers it.
      timeout: false,
      retry: RETRY,
      headers: { accept: "application/json" },
    });
  }

  get hasPublicUrl(): boolean {
    return this.options.publicUrl !== undefined;
  }

  /** @throws {KratosUnavailableError} where no whole answer came within the deadline. */
  async send(request: KratosRequest): Promise<KratosAnswer> {
    const { operation, method = "get", headers, json, retry = true } = request;
    const timeoutMs = Math.min(this.options.timeoutMs, request.timeoutMs ?? Infinity);
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const response = await this.#ky(this.#urlOf(request), { method, headers, json, signal, ...(!retry && { retry: 0 }) }).catch(answerOf);
      return {
        status: response.status,
        contentType: response.headers.get("content-type") ?? "",
        location: response.headers.get("location") ?? "",
        link: response.headers.get("link") ?? "",
        body: await response.text(),
      };
    } catch (cause) {
      const what = signal.aborted
        ? `Kratos did not answer ${operation} within ${timeoutMs} ms.`
        : `Kratos could not be reached for ${operation}.`;
      const outcome = method === "get" ? "" : " Whether the change was made is not known.";
      throw new KratosUnavailableError(operation, what + outcome, { cause, detail: networkDetail(cause) });
    }
  }

  #urlOf({ port = "admin", path, query }: KratosRequest): string {
    const base = port === "admin" ? this.options.adminUrl : (this.options.publicUrl ?? "");
    const search = query ? `?${new URLSearchParams(query).toString()}` : "";
    return base.replace(/\/+$/, "") + path + search;
  }
}

/** ky throws what is not 2xx, which its retries need. */
function answerOf(error: unknown): Response {
  if (error instanceof HTTPError) return error.response;
  throw error;
}

function networkDetail(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
}
