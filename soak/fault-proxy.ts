import { Agent, createServer, request as send, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** What can go wrong with a request, and how often of a thousand. */
const FAULTS: readonly (readonly [name: string, perThousand: number, make: (request: IncomingMessage, response: ServerResponse) => unknown])[] = [
  ["reset", 4, (request) => request.socket.destroy()],
  ["reset in mid-body", 2, (request, response) => response.writeHead(200, { "content-length": 1000 }).write("{", () => request.socket.destroy())],
  ["503", 4, (_, response) => response.writeHead(503, { "content-type": "text/plain" }).end("no healthy upstream")],
  ["500 with plain text", 2, (_, response) => response.writeHead(500).end("pq: connection refused")],
  ["malformed JSON", 2, (_, response) => response.writeHead(200, { "content-type": "application/json" }).end('{"id":')],
  ["silent", 2, () => undefined],
];

export interface FaultProxy {
  readonly url: string;
  /** How often each fault was made. */
  readonly made: ReadonlyMap<string, number>;
  /** From now on nothing goes wrong any more. */
  heal(): void;
  stop(): void;
}

/** Stands before Kratos and makes some requests go wrong; what is asked of health and version is passed on as it is. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const agent = new Agent({ keepAlive: true });
  const made = new Map<string, number>();
  let healthy = false;

  const server = createServer((request, response) => {
    let dice = Math.random() * 1000;
    for (const [name, perThousand, make] of healthy || /version|health/.test(request.url!) ? [] : FAULTS) {
      dice -= perThousand;
      if (dice > 0) continue;
      made.set(name, (made.get(name) ?? 0) + 1);
      make(request, response);
      return;
    }
    void passOn(request, response);
  });

  async function passOn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Now and then Kratos is slow.
    if (!healthy && Math.random() < 0.01) await sleep(100 + Math.random() * 300);
    const { method, url, headers } = request;
    const onward = send(new URL(url!, target), { agent, method, headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    made,
    heal: () => {
      healthy = true;
    },
    stop: () => {
      server.close();
      server.closeAllConnections();
      agent.destroy();
    },
  };
}
