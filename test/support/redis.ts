import { spawn, spawnSync } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
import { Redis } from "ioredis";

/** Whether this machine has a redis-server to start. */
export const hasRedis = spawnSync("redis-server", ["--version"]).status === 0;

const PASSWORD = "canary-password";

export interface RedisUnderTest {
  readonly port: number;
  readonly url: string;
  /** Waits until so many servers are connected to it. */
  connected(servers: number): Promise<void>;
  /** Lets it answer nobody, its connections open. */
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}

/** An empty Redis that keeps nothing; on the port of one that was stopped, or on a free one. */
export async function startRedis({ port }: { readonly port?: number } = {}): Promise<RedisUnderTest> {
  const at = port ?? (await freePort());
  const child = spawn("redis-server", ["--port", String(at), "--bind", "127.0.0.1", "--save", "", "--requirepass", PASSWORD, "--dir", "/tmp"]);
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await new Promise<void>((resolve) => {
    child.stdout.on("data", (chunk: Buffer) => {
      if (chunk.toString().includes("Ready to accept connections")) resolve();
    });
  });
  const url = `redis://:${PASSWORD}@127.0.0.1:${at}`;
  return {
    port: at,
    url,
    async connected(servers) {
      const own = new Redis(url);
      const count = async () => ((await own.client("LIST")) as string).trim().split("\n").length - 1;
      while ((await count()) < servers) await new Promise((resolve) => setTimeout(resolve, 20));
      own.disconnect();
    },
    pause: () => child.kill("SIGSTOP"),
    resume: () => child.kill("SIGCONT"),
    stop: () => {
      child.kill("SIGKILL");
      return ended;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
