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

/** An error as it is written to the log. */
export interface LoggedError {
  readonly type: string;
  readonly code?: string;
  readonly message?: string;
  /** Where it was thrown, the innermost place first. */
  readonly at: readonly string[];
  readonly cause?: LoggedError;
}

/** Of the system, undici and jose: their messages are made of addresses and words of their own. */
const SAFE_ERROR_CODES = /^(E[A-Z0-9]+|UND_ERR_\w+|ERR_J[A-Z]+_\w+)$/;

/**
 * An unexpected error without what it may quote: JSON.parse repeats the text that is no JSON, a bad URL's error has the URL as
 * a property, and a serializer's names the value. Where it happened says what a developer must know.
 */
export function errorForLog(error: unknown): LoggedError | undefined {
  if (error === undefined) return undefined;
  if (!(error instanceof Error)) return { type: typeof error, at: [] };
  const { name, message, stack = "", cause } = error;
  const code = (error as NodeJS.ErrnoException).code;
  return {
    type: name,
    ...(typeof code === "string" && { code }),
    ...(SAFE_ERROR_CODES.test(String(code)) && { message }),
    at: stack.replace(message, "").split("\n").filter((line) => /^ {4}at \S.*:\d+:\d+\)?$/.test(line)).map((line) => line.trim()),
    ...(cause !== undefined && { cause: errorForLog(cause) }),
  };
}
