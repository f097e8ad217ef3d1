/** Server processes: starting one, asking it, its CPU time and memory, stopping it. Linux only, as it reads /proc. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const START_DEADLINE_MS = 30_000;
const START_POLL_MS = 4;
const STOP_DEADLINE_MS = 3_000;
const ANSWER_DEADLINE_MS = 15_000;
/** Linux counts CPU time in ticks of 10 ms. */
const TICK_US = 10_000;

/**
 * Starts a server in a process of its own and asks its first request until the answer is right.
 * @returns the process ID, the URL, `stop`, and the milliseconds from the start to the first right answer
 */
export async function start(server, upstreamUrl) {
  const port = await freePort();
  const [program, ...args] = server.command({ port, upstreamUrl });
  const upstream = upstreamUrl && { KRATOS_ADMIN_URL: upstreamUrl, KRATOS_PUBLIC_URL: upstreamUrl };
  const startedAt = performance.now();
  const child = spawn(program, args, {
    env: { ...inheritedEnvironment(), HOST: "127.0.0.1", PORT: String(port), ...upstream, ...server.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output = `${output}${text}`.slice(-2_000)));
  child.once("error", (error) => (output += error.message));
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  child.once("exit", () => process.off("exit", kill));

  const url = `http://127.0.0.1:${port}`;
  let problem;
  while (child.pid !== undefined && child.exitCode === null && performance.now() - startedAt < START_DEADLINE_MS) {
    try {
      server.checkFirst((await ask(url, server.firstRequest)).json);
      return { pid: child.pid, url, startMs: performance.now() - startedAt, stop: () => stop(child) };
    } catch (error) {
      problem = error.message;
    }
    await sleep(START_POLL_MS);
  }
  await stop(child);
  throw new Error(`Does not start: ${output.trim().split("\n").at(-1).slice(0, 300) || problem}`);
}

/** Sends one request to a server. @returns the status, length and JSON of the answer */
export async function ask(url, { path, ...request }) {
  const response = await fetch(`${url}${path}`, { ...request, signal: AbortSignal.timeout(ANSWER_DEADLINE_MS) });
  const bytes = Buffer.from(await response.arrayBuffer());
  try {
    return { status: response.status, length: bytes.length, json: JSON.parse(bytes) };
  } catch {
    throw new Error(`Expected JSON, received status ${response.status} and ${bytes.subarray(0, 200)}`);
  }
}

/** @returns the microseconds of CPU time, user and system, of a process and its children, those that ended included */
export function cpuTime(root) {
  const ticks = processTree(root).map((pid) => {
    const [user = 0, system = 0, childrenUser = 0, childrenSystem = 0] = (statOf(pid) ?? []).slice(11, 15).map(Number);
    return user + system + childrenUser + childrenSystem;
  });
  return ticks.reduce((sum, value) => sum + value, 0) * TICK_US;
}

/** @returns the resident memory of a process and its children in bytes */
export function residentMemory(root) {
  const kilobytes = processTree(root).map((pid) => Number(/VmRSS:\s+(\d+) kB/.exec(readProc(pid, "status"))?.[1] ?? 0));
  return kilobytes.reduce((sum, value) => sum + value, 0) * 1024;
}

function processTree(root) {
  const parents = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), parent: Number(statOf(name)?.[1]) }));
  const tree = [root];
  for (const pid of tree) tree.push(...parents.filter(({ parent }) => parent === pid).map((child) => child.pid));
  return tree;
}

/** @returns the fields of /proc/<pid>/stat after the program's name, which may contain spaces */
function statOf(pid) {
  const text = readProc(pid, "stat");
  return text && text.slice(text.lastIndexOf(")") + 2).split(" ");
}

function readProc(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return undefined; // The process has ended.
  }
}

async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}

/** Only what every server may see. Another variable of this shell could configure one of them. */
function inheritedEnvironment() {
  const { PATH, HOME, LANG, NODE_OPTIONS } = process.env;
  return { PATH, HOME, LANG, ...(NODE_OPTIONS && { NODE_OPTIONS }), NODE_ENV: "production" };
}

async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_DEADLINE_MS);
  await ended;
  clearTimeout(timer);
}
