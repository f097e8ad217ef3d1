import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { performance } from "node:perf_hooks";

const STOP_MS = 3_000;

/** @returns a port of the loopback interface that is free now */
export async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}

/**
 * Starts a program in a process of its own, which is told its PORT and, where there is one, its upstream.
 * @param command the program and its arguments, given port and upstreamUrl
 * @returns the process, its address and the end of what it has said
 */
export async function startProcess({ command, env = {} }, upstreamUrl) {
  const port = await freePort();
  const [program, ...args] = command({ port, upstreamUrl });
  const upstream = upstreamUrl && { KRATOS_ADMIN_URL: upstreamUrl, KRATOS_PUBLIC_URL: upstreamUrl };
  const startedAt = performance.now();
  const child = spawn(program, args, {
    env: { ...cleanEnvironment(), NODE_ENV: "production", HOST: "127.0.0.1", PORT: String(port), ...upstream, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const started = { child, pid: child.pid, url: `http://127.0.0.1:${port}`, said: "", startedAt };
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (text) => (started.said = `${started.said}${text}`.slice(-2_000)));
  }
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  child.once("exit", () => process.off("exit", kill));
  child.once("error", (error) => (started.said += error.message));
  started.stop = () => stop(child);
  return started;
}

/** What a server could take for an instruction is not handed on. */
function cleanEnvironment() {
  const { PATH, HOME, LANG } = process.env;
  return { PATH, HOME, LANG };
}

async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
  await ended;
  clearTimeout(timer);
}
