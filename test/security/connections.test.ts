import type { RequestListener, ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import { listen, type ListenOptions } from "../../src/server/listen.js";
import { stopAfterTest } from "../support/lifecycle.js";
import { eventually } from "../support/wait.js";

/* Clients that open connections, and then neither send nor read. */

async function serve(options: ListenOptions, handle: RequestListener = (_, response) => response.end("ok")) {
  const sockets: Socket[] = [];
  const server = await listen(handle, "127.0.0.1", 0, options);
  await stopAfterTest({
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await server.close();
    },
  });
  const open = (text: string): Socket => {
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
    sockets.push(socket);
    socket.on("error", () => undefined).write(text);
    return socket;
  };
  return { url: server.url, open };
}

const GET = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";

it.each([
  ["say nothing", ""],
  ["do not finish their headers", "POST /graphql HTTP/1.1\r\nhost: x\r\n"],
  ["do not finish their body", "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"],
])("clients that %s are disconnected", async (_, text) => {
  // Responds once the whole request is there.
  const { url, open } = await serve({ headersMs: 200, requestMs: 300 }, (request, response) => request.resume().once("end", () => response.end("ok")));
  let closed = 0;
  for (let at = 0; at < 50; at++) open(text).resume().once("close", () => closed++);
  await eventually("all are disconnected", () => closed === 50);
  expect(await (await fetch(url)).text()).toBe("ok");
});

it("a connection beyond the maximum is closed at once, and served again when another one has ended", async () => {
  const { url, open } = await serve({ connections: 5 });
  const [first] = Array.from({ length: 5 }, () => open("GET"));
  await new Promise((resolve) => setTimeout(resolve, 50));
  await expect(fetch(url)).rejects.toThrow();
  first!.destroy();
  await eventually("a client is served", () => fetch(url).then(({ ok }) => ok, () => false));
});

describe("clients that do not read their response", () => {
  /** More than the buffers of the system hold. */
  const LENGTH = 20_000_000;

  async function serveLarge(options: ListenOptions) {
    const responses: ServerResponse[] = [];
    const served = await serve(options, (_, response) => {
      responses.push(response);
      response.setHeader("connection", "close").end("x".repeat(LENGTH));
    });
    const openUnread = async (): Promise<Socket> => {
      const before = responses.length;
      const socket = served.open(GET).pause();
      await eventually("the response is written", () => responses.length > before);
      return socket;
    };
    const isOpen = () => responses.map(({ destroyed }) => !destroyed);
    return { ...served, openUnread, isOpen };
  }

  it("are disconnected after a time", async () => {
    const { url, openUnread, isOpen } = await serveLarge({ readMs: 300 });
    await openUnread();
    expect(isOpen()).toEqual([true]);
    await eventually("the client is disconnected", () => !isOpen()[0]);
    expect((await (await fetch(url)).text()).length).toBe(LENGTH);
  });

  it("are disconnected before if they hold too much memory together, the oldest first", async () => {
    const { openUnread, isOpen } = await serveLarge({ unreadCharacters: 2.5 * LENGTH });
    for (let at = 0; at < 4; at++) await openUnread();
    const last = await openUnread();
    expect(isOpen()).toEqual([false, false, false, true, true]);
    let length = 0;
    for await (const chunk of last) length += (chunk as Buffer).length;
    expect(length).toBeGreaterThan(LENGTH);
  });
});
