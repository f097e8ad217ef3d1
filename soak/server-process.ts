import { spawn } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { createApiKey } from "../src/server/auth/api-key.js";
import { SCOPES } from "../src/graphql/scopes.js";

/** What a process holds. */
export interface Held {
  readonly memoryMb: number;
  readonly sockets: number;
}

export interface ServerProcess {
  /** Address of its GraphQL. */
  readonly url: string;
  readonly key: string;
  /** Read from /proc, so on Linux alone. */
  held(): Held;
  /** Whether it still runs. */
  isUp(): boolean;
  stop(): Promise<number | null>;
}

/** Starts the built server as it is run in production, with a deadline that suits the faults. */
export async function startServer(adminUrl: string, publicUrl: string): Promise<ServerProcess> {
  const { key, line } = createApiKey("soak", SCOPES);
  const child = spawn(process.execPath, ["dist/main.js"], {
    env: {
      PATH: process.env["PATH"],
      NODE_ENV: "production",
      PORT: "0",
      LOG_LEVEL: "info",
      API_KEYS: line,
      RATE_LIMIT: "off",
      SHUTDOWN_DELAY_MS: "0",
      KRATOS_ADMIN_URL: adminUrl,
      KRATOS_PUBLIC_URL: publicUrl,
      KRATOS_TIMEOUT_MS: "1000",
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on("data", (chunk: Buffer) => {
      const [, found] = /GraphQL is at ([^\s;]+)/.exec(chunk.toString()) ?? [];
      if (found) resolve(found);
    });
    void ended.then(() => reject(new Error("The server ended as it started; was it built? (npm run build)")));
  });
  return {
    url,
    key,
    held: () => ({ memoryMb: residentMb(child.pid!), sockets: socketsOf(child.pid!) }),
    isUp: () => child.exitCode === null,
    stop: () => {
      child.kill("SIGTERM");
      return ended;
    },
  };
}

function residentMb(pid: number): number {
  const [, kib] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))!;
  return Math.round((Number(kib) * 1024) / 1e6);
}

function socketsOf(pid: number): number {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).filter((name) => {
    try {
      return readlinkSync(`${folder}/${name}`).startsWith("socket:");
    } catch {
      return false;
    }
  }).length;
}
