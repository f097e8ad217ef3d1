import { sendRaw, type Answer } from "./request.js";

export interface HttpAnswer extends Omit<Answer, "text"> {
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
export async function overHttp(url: string, { method = "POST", path = "/graphql", headers = {}, body }: HttpRequest): Promise<HttpAnswer> {
  const { text, ...answer } = await sendRaw(url + path, method, Object.entries(headers), body);
  return { ...answer, body: parsed(text) };
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
