import { spawnSync } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
import { Redis } from "ioredis";
import { startProgram } from "./child-process.js";
import type { Stoppable } from "./lifecycle.js";
import { eventually } from "./wait.js";

/** Whether this machine has a redis-server to start. */
export const hasRedis = spawnSync("redis-server", ["--version"]).status === 0;

const PASSWORD = "canary-password";

export interface RedisUnderTest extends Stoppable {
  readonly port: number;
  readonly url: string;
  /** Refuses to write anything from now on, as if its memory were full; or not any more. */
  setFull(isFull: boolean): Promise<void>;
  /** Waits until this many servers are connected to it and use it. */
  connected(servers: number): Promise<void>;
  /** Stops responding, but keeps its connections open. */
  pause(): void;
  resume(): void;
}

/** Starts an empty Redis that persists nothing, on a free port or on that of one that was stopped. */
export async function startRedis({ port }: { readonly port?: number } = {}): Promise<RedisUnderTest> {
  const at = port ?? (await freePort());
  const program = startProgram("redis-server", ["--port", String(at), "--bind", "127.0.0.1", "--save", "", "--requirepass", PASSWORD, "--dir", "/tmp"]);
  await program.waitFor(/Ready to accept connections/);
  const url = `redis://:${PASSWORD}@127.0.0.1:${at}`;
  return {
    port: at,
    url,
    async setFull(isFull) {
      const own = new Redis(url);
      await own.config("SET", "maxmemory", isFull ? "1" : "0");
      own.disconnect();
    },
    async connected(servers) {
      const own = new Redis(url);
      // A server uses its connection once it has written a key. Until then, it counts in memory.
      const count = async () => ((await own.client("LIST")) as string).split("\n").filter((line) => / cmd=(?!NULL|client|info)/.test(line)).length;
      await eventually(`${servers} servers are connected to Redis`, async () => (await count()) >= servers);
      own.disconnect();
    },
    pause: () => program.kill("SIGSTOP"),
    resume: () => program.kill("SIGCONT"),
    stop: () => {
      program.kill("SIGKILL");
      return program.ended;
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
