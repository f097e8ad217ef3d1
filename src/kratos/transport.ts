import { Pool } from "undici";
import type { KratosAnswer } from "./http.js";

export interface TransportRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Most connections to one address; what comes beyond waits for one to be free. */
const CONNECTIONS = 64;

/**
 * Sends single requests to one address over kept-alive connections. It is undici's own request: Node's fetch, on top of
 * the same undici, costs eight times the CPU (docs/performance.md).
 */
export class Transport {
  readonly #pool: Pool;
  readonly #prefix: string;

  /** @param baseUrl address whose path stands before that of each request */
  constructor(baseUrl: string) {
    const { origin, pathname } = new URL(baseUrl);
    this.#pool = new Pool(origin, { connections: CONNECTIONS });
    this.#prefix = pathname.replace(/\/+$/, "");
  }

  async send({ method, path, headers, body }: TransportRequest, signal: AbortSignal): Promise<KratosAnswer> {
    const answer = await this.#pool.request({ method, path: this.#prefix + path, headers, body, signal });
    return {
      status: answer.statusCode,
      contentType: first(answer.headers["content-type"]),
      location: first(answer.headers["location"]),
      link: first(answer.headers["link"]),
      body: await answer.body.text(),
    };
  }
}

function first(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value[0] : value) ?? "";
}
