import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { ask } from "./check-answer.js";
import { startProcess } from "../servers/process.js";

const DEADLINE_MS = 30_000;
const PAUSE_MS = 4;

/**
 * Starts a server and asks until the answer is right.
 * @param server its program, a request, and what throws or says false where the JSON of the answer is wrong
 * @returns the running process and the milliseconds from its start to the first right answer
 */
export async function startUp({ request, isRight, ...program }, upstreamUrl) {
  const running = await startProcess(program, upstreamUrl);
  const start = running.startedAt;
  let trouble;
  while (performance.now() - start < DEADLINE_MS) {
    try {
      const { json } = await ask(running.url, request);
      if (isRight(json) !== false) return { running, milliseconds: performance.now() - start };
    } catch (error) {
      trouble = error;
    }
    if (running.child.exitCode !== null || running.child.pid === undefined) break;
    await sleep(PAUSE_MS);
  }
  await running.stop();
  throw new Error(`does not start: ${lastLineOf(running.said) ?? trouble?.message}`);
}

function lastLineOf(text) {
  return text.trim().split("\n").at(-1)?.slice(0, 300) || undefined;
}
