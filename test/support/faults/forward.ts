import { Agent, request as send, type RequestListener } from "node:http";

/** Passes requests on, and answers back. */
export function forwardTo(target: string): RequestListener {
  const agent = new Agent({ keepAlive: true });
  return (incoming, outgoing) => {
    const { host: _, ...headers } = incoming.headers;
    const onward = send(new URL(incoming.url ?? "/", target), { method: incoming.method, headers, agent }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on("error", () => outgoing.destroy());
    incoming.pipe(onward);
  };
}
