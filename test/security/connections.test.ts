import { Agent, request, type RequestListener, type ServerResponse } from "node:http";
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

describe("if the maximum of connections is open", () => {
  /** Holds back every response until it is told to. */
  async function serveHeld(connections: number) {
    const held: ServerResponse[] = [];
    const served = await serve({ connections }, (_, response) => void held.push(response));
    return { ...served, held, respond: () => held.splice(0).forEach((response) => response.end("ok")) };
  }

  it("a new one is served in place of the one without a running request for the longest time", async () => {
    const { url, open, held, respond } = await serveHeld(3);
    const closed: string[] = [];
    const openAs = (name: string, text: string) => open(text).resume().once("close", () => closed.push(name));
    openAs("running", GET);
    await eventually("a request is running", () => held.length === 1);
    const [running] = held.splice(0);
    openAs("longest idle", GET);
    await eventually("a request is running", () => held.length === 1);
    respond();
    openAs("has not sent its headers", "GET");
    for (const name of ["longest idle", "has not sent its headers"]) {
      const response = fetch(url, { headers: { connection: "close" } });
      await eventually("it is served", () => held.length === 1);
      expect(closed).toEqual(expect.arrayContaining([name]));
      openAs(`after ${name}`, "");
      respond();
      expect(await (await response).text()).toBe("ok");
    }
    expect(closed).toEqual(["longest idle", "has not sent its headers"]);
    running!.end("ok");
  });

  it("a new one is served in place of one that does not finish its body", async () => {
    const { url, open } = await serve({ connections: 5 }, (request, response) => void request.resume().once("end", () => response.end("ok")));
    let closed = 0;
    for (let at = 0; at < 5; at++) open("POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: 40000\r\n\r\n{").resume().once("close", () => closed++);
    await eventually("a client is served", () => fetch(url).then(({ ok }) => ok, () => false));
    expect(closed).toBeGreaterThan(0);
    expect(closed).toBeLessThan(5);
  });

  it("and all have a running request, a new one is closed at once, and served again when another one has ended", async () => {
    const { url, open, held, respond } = await serveHeld(5);
    const [first] = Array.from({ length: 5 }, () => open(GET));
    await eventually("five requests are running", () => held.length === 5);
    await expect(fetch(url)).rejects.toThrow();
    first!.destroy();
    await eventually("a client is served", () => {
      const served = fetch(url).then(({ ok }) => ok, () => false);
      setTimeout(respond, 20);
      return served;
    });
  });
});

describe("a client that sends requests before the response to the first one", () => {
  it("is disconnected, so that it cannot fill the memory with requests that wait for each other", async () => {
    const handled: ServerResponse[] = [];
    const { url, open } = await serve({}, (request, response) => void (request.url === "/" ? handled.push(response) : response.end("ok")));
    let closed = false;
    open(GET.repeat(1_000)).resume().once("close", () => (closed = true));
    await eventually("it is disconnected", () => closed);
    expect(handled).toHaveLength(2);
    expect(await (await fetch(`${url}/other`)).text()).toBe("ok");
  });

  it("is served if it has received the whole response, even before the server has ended it", async () => {
    let isFirst = true;
    const { url } = await serve({}, (_, response) => {
      response.setHeader("content-length", 2);
      response.write("ok");
      setTimeout(() => response.end(), isFirst ? 200 : 0);
      isFirst = false;
    });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const get = () => new Promise<number | undefined>((resolve, reject) => {
      request(url, { agent }, (response) => response.resume().once("end", () => resolve(response.statusCode))).once("error", reject).end();
    });
    expect([await get(), await get()]).toEqual([200, 200]);
    agent.destroy();
  });

  it("is served if it sends it after the response, however often and however large they are", async () => {
    const { url } = await serve({}, (request, response) => void request.resume().once("end", () => response.end("x".repeat(1_000_000))));
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    let connections = 0;
    for (let at = 0; at < 50; at++) {
      await new Promise<void>((resolve, reject) => {
        request(url, { agent, method: "POST" }, (response) => response.resume().once("end", resolve))
          .once("socket", (socket) => (connections += socket.connecting ? 1 : 0))
          .once("error", reject)
          .end("x".repeat(100_000));
      });
    }
    expect(connections).toBe(1);
    agent.destroy();
  });
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
    const { url, openUnread, isOpen } = await serveLarge({ readMs: 1_500 });
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
