import type { Socket } from "node:net";
import type { IncomingMessage, RequestListener } from "node:http";
import { startFakeKratos, type FakeKratosVersion } from "../../fake-kratos/index.js";
import type { Fault } from "./faults.js";
import { forwardTo } from "./forward.js";
import { listenOn, type Port } from "./port.js";

/** An embedded Kratos behind a front that can fail in every way. */
export interface FaultyKratos {
  readonly adminUrl: string;
  readonly publicUrl: string;
  /** Method and path of each request that met the fault. */
  readonly hit: string[];
  /** Most requests that were under way at once. */
  most: number;
  readonly running: number;
  readonly openSockets: number;
  /** What happens from now on to the requests that it is for; undefined stops it. */
  fault?: { readonly do: Fault; readonly to: (line: string) => boolean };
  /** Refuses connections, and cuts those there are. */
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  stop(): Promise<void>;
}

export async function startFaultyKratos(version: FakeKratosVersion = "v26.2.0"): Promise<FaultyKratos> {
  const embedded = await startFakeKratos({ version });
  const sockets = new Set<Socket>();
  let running = 0;

  const frontOf = (target: string): RequestListener => {
    const forward = forwardTo(target);
    return (request, response) => {
      kratos.most = Math.max(kratos.most, ++running);
      response.once("close", () => running--);
      const line = `${request.method} ${request.url}`;
      if (!kratos.fault?.to(line)) return forward(request, response);
      kratos.hit.push(line);
      whenRead(request, () => kratos.fault?.do(response));
    };
  };
  const onSocket = (socket: Socket): void => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  };
  const ports: Port[] = [await listenOn(frontOf(embedded.adminUrl), onSocket), await listenOn(frontOf(embedded.publicUrl), onSocket)];

  const kratos: FaultyKratos = {
    adminUrl: ports[0]!.url,
    publicUrl: ports[1]!.url,
    hit: [],
    most: 0,
    get running() {
      return running;
    },
    get openSockets() {
      return sockets.size;
    },
    goAway: async () => void (await Promise.all(ports.map((port) => port.close()))),
    comeBack: async () => void (await Promise.all(ports.map((port) => port.open()))),
    stop: async () => {
      await kratos.goAway();
      await embedded.stop();
    },
  };
  return kratos;
}

/** A fault after the whole request, as Kratos' own would be. */
function whenRead(request: IncomingMessage, then: () => void): void {
  request.once("end", then).resume();
}
