import pino, { type Logger } from "pino";

export type { Logger };

/** A line a request, each written by itself, would cost a tenth of an answer: they are written together, and soon. */
const TOGETHER = { sync: false, minLength: 8_192, periodicFlush: 100 };

/**
 * The process's log on standard output: readable in a terminal, JSON lines elsewhere.
 * @param level pino's, from `trace` to `silent`
 */
export async function createLogger(level: string): Promise<Logger> {
  if (!process.stdout.isTTY) return pino({ base: undefined, level }, pino.destination(TOGETHER));
  const { default: pretty } = await import("pino-pretty");
  return pino({ level }, pretty({ ignore: "pid,hostname", translateTime: "HH:MM:ss", sync: true }));
}
