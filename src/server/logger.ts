import pino, { type Logger } from "pino";
import pretty from "pino-pretty";

export type { Logger };

/** The process's log on standard output: readable in a terminal, JSON lines elsewhere. */
export function createLogger(): Logger {
  return process.stdout.isTTY
    ? pino(pretty({ ignore: "pid,hostname", translateTime: "HH:MM:ss", sync: true }))
    : pino({ base: undefined });
}
