import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** A port on the loopback interface that can be closed and opened again. */
export interface Port {
  readonly url: string;
  open(): Promise<void>;
  /** Cuts what is connected, too. */
  close(): Promise<void>;
}

export async function listenOn(listener: RequestListener, onSocket: (socket: Socket) => void): Promise<Port> {
  let server: Server | undefined;
  let number = 0;
  const open = async () => {
    // A list of 200 ids is a line of some 8 kB.
    server = createServer({ maxHeaderSize: 1024 * 1024 }, listener).on("connection", onSocket);
    await new Promise<void>((resolve) => server!.listen(number, "127.0.0.1", resolve));
    ({ port: number } = server.address() as AddressInfo);
  };
  const close = () =>
    new Promise<void>((resolve) => {
      if (!server?.listening) return resolve();
      server.close(() => resolve());
      server.closeAllConnections();
    });
  await open();
  return { url: `http://127.0.0.1:${number}`, open, close };
}
