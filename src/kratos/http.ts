import { errors } from "undici";
import { KratosOverloadedError, KratosUnavailableError, KratosUnreadableResponseError } from "./errors.js";
import { networkDetail } from "./error-mapping.js";
import { NoPlaceError, Places, type KratosLoad } from "./request-queue.js";
import { toBody } from "./request-body.js";
import { withRetries } from "./retries.js";
import type { KratosAnswer, KratosRequest, KratosSender } from "./sender.js";
import { DeadlineError, Transport, type KratosTls } from "./transport.js";

export interface KratosHttpOptions {
  /** Base address of Kratos' admin API. */
  readonly adminUrl: string;
  /** Base address of Kratos' public API; only newer releases need it. */
  readonly publicUrl?: string;
  /** Deadline of one request in milliseconds, its retries and the reading of the body included. */
  readonly timeoutMs: number;
  /** Requests under way at once, to both addresses together (default 64). */
  readonly connections?: number;
  /** Requests that may wait for one of these to end (default 256); what comes beyond is refused at once. */
  readonly queueLength?: number;
  readonly tls?: KratosTls;
  /** Sent with each request, to both addresses and to nobody else; their names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
}

export const DEFAULT_CONNECTIONS = 64;
export const DEFAULT_QUEUE_LENGTH = 256;
/** A connection that takes longer does not come about. */
const MAX_CONNECT_MS = 10_000;

/** Answers that HTTP itself forbids, or that are too large to hold. */
const UNREADABLE = [errors.HeadersOverflowError, errors.ResponseExceededMaxSizeError, errors.HTTPParserError];

/** Sends requests to Kratos. Any status is an answer here; no redirect is followed. */
export class KratosHttp implements KratosSender {
  readonly #admin: Transport;
  readonly #public?: Transport;
  readonly #places: Places;
  readonly #timeoutMs: number;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #headersWithJson: Readonly<Record<string, string>>;

  constructor(options: KratosHttpOptions) {
    const { adminUrl, publicUrl, timeoutMs, connections = DEFAULT_CONNECTIONS, queueLength = DEFAULT_QUEUE_LENGTH, tls, headers } = options;
    this.#places = new Places(connections, queueLength);
    const connectTimeoutMs = Math.min(timeoutMs, MAX_CONNECT_MS);
    const transportTo = (baseUrl: string) => new Transport({ baseUrl, tls, places: this.#places, connections, connectTimeoutMs });
    this.#admin = transportTo(adminUrl);
    if (publicUrl !== undefined) this.#public = transportTo(publicUrl);
    this.#timeoutMs = timeoutMs;
    this.#headers = { accept: "application/json", ...headers };
    this.#headersWithJson = { ...this.#headers, "content-type": "application/json" };
  }

  get hasPublicUrl(): boolean {
    return this.#public !== undefined;
  }

  get load(): KratosLoad {
    return this.#places.load;
  }

  /** The deadline of what begins now. */
  deadline(): number {
    return performance.now() + this.#timeoutMs;
  }

  /**
   * @throws {KratosUnavailableError} where no whole answer came within the deadline
   * @throws {KratosUnreadableResponseError} where there is no reading what came
   * @throws {KratosOverloadedError} where it was never sent, as too many others are under way
   */
  async send(request: KratosRequest): Promise<KratosAnswer> {
    const { method = "get", path, query, json, retry = true, ahead = false } = request;
    const deadline = Math.min(request.deadline ?? Infinity, this.deadline());
    const transport = request.port === "public" && this.#public ? this.#public : this.#admin;
    const sent = {
      method: method.toUpperCase(),
      path: query ? `${path}?${new URLSearchParams(query).toString()}` : path,
      headers: this.#headersOf(request),
      body: json === undefined ? undefined : toBody(request.operation, json),
      ahead,
    };
    const attempt = () => transport.send(sent, deadline - performance.now());
    try {
      return await (retry && method === "get" ? withRetries(attempt, isPassing, deadline) : attempt());
    } catch (cause) {
      throw failureOf(request, cause);
    }
  }

  /** What a caller's headers say is never in place of what the configuration says. */
  #headersOf({ json, headers }: KratosRequest): Readonly<Record<string, string>> {
    const own = json === undefined ? this.#headers : this.#headersWithJson;
    return headers ? { ...headers, ...own } : own;
  }
}

/** Whether the same request may well succeed at once: a connection was gone. */
function isPassing(error: unknown): boolean {
  return !(error instanceof DeadlineError || error instanceof NoPlaceError || isUnreadable(error));
}

function isUnreadable(error: unknown): boolean {
  return UNREADABLE.some((kind) => error instanceof kind);
}

function failureOf({ operation, method = "get" }: KratosRequest, cause: unknown): Error {
  if (cause instanceof NoPlaceError) return new KratosOverloadedError(operation, { cause, detail: cause.message });
  const outcome = method === "get" ? "" : " Whether the change was made is not known.";
  const detail = networkDetail(cause);
  if (isUnreadable(cause)) return new KratosUnreadableResponseError(operation, outcome, { cause, detail });
  const what = cause instanceof DeadlineError ? `Kratos did not answer ${operation} in time.` : `Kratos could not be reached for ${operation}.`;
  return new KratosUnavailableError(operation, what + outcome, { cause, detail });
}
