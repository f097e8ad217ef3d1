import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { readRequest, type KratosPort, type KratosRequest } from "./kratos-request.js";
import { KratosError } from "./kratos-error.js";
import type { Reply } from "./reply.js";

export interface Listener {
  /** `http://127.0.0.1:<port>` */
  url: string;
  stop(): Promise<void>;
}

// Go accepts a megabyte of headers; Node's 16 KB would refuse a list of five hundred ids, which Kratos answers.
const maxHeaderSize = 1024 * 1024;

/** Serves one of Kratos' two ports on the loopback interface. */
export function listen(port: number, name: KratosPort, answer: (request: KratosRequest) => Reply): Promise<Listener> {
  const server = createServer({ maxHeaderSize }, (message, response) => {
    void readRequest(message, name)
      .then(answer)
      .catch((error: unknown) => new KratosError(500, { message: String(error) }).toReply())
      .then((reply) => {
        response.writeHead(reply.status, reply.headers);
        response.end(message.method === "HEAD" ? undefined : reply.body);
      });
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      resolve({
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        stop: () =>
          new Promise((stopped) => {
            server.close(() => stopped());
            server.closeAllConnections();
          }),
      });
    });
  });
}
