import { request } from "node:http";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Sends what `fetch` refuses to: a name in `headers` may come more than once, and Host may be any. */
export function sendRaw(url: string, method: string, headers: readonly (readonly [name: string, value: string])[], body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? [] : ["content-length", String(Buffer.byteLength(body))];
    const named = headers.some(([name]) => name.toLowerCase() === "host") ? headers : [["host", new URL(url).host] as const, ...headers];
    const outgoing = request(url, { method, headers: [...named.flat(), ...length], setHost: false, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    outgoing.on("error", reject).end(body);
  });
}
