import pino, { type Logger } from "pino";

export type { Logger };

/** The process's log on standard output: readable in a terminal, JSON lines elsewhere. */
export async function createLogger(): Promise<Logger> {
  if (!process.stdout.isTTY) return pino({ base: undefined });
  const { default: pretty } = await import("pino-pretty");
  return pino(pretty({ ignore: "pid,hostname", translateTime: "HH:MM:ss", sync: true }));
}
