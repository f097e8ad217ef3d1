import { request as send, type IncomingHttpHeaders } from "node:http";

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Parsed where it is JSON. */
  readonly body: any;
}

export interface HttpRequest {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** Sends anything over HTTP, also what `fetch` would not. */
export function overHttp(url: string, { method = "POST", path = "/graphql", headers, body }: HttpRequest): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const outgoing = send(url + path, { method, headers: { ...length, ...headers }, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: parsed(Buffer.concat(chunks).toString()) }));
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

/** Posts JSON to /graphql. */
export function postJson(url: string, body: unknown, headers: Record<string, string> = {}): Promise<HttpAnswer> {
  return overHttp(url, { headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) });
}

/** The codes of an answer's errors. */
export function codesOf({ body }: HttpAnswer): unknown[] {
  return (body.errors ?? []).map((error: any) => error.extensions?.code);
}

function parsed(text: string): any {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
