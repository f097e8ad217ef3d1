import pino, { type Logger } from "pino";

export type { Logger };

/** Lines are written in batches: one system call for each line would take a tenth of a request's CPU time. */
const BUFFERED = { sync: false, minLength: 8_192, periodicFlush: 100 };

/**
 * Creates the process's log on standard output: readable text in a terminal, JSON lines otherwise.
 * @param level a level of pino, from `trace` to `silent`
 */
export async function createLogger(level: string): Promise<Logger> {
  if (!process.stdout.isTTY) return pino({ base: undefined, level }, pino.destination(BUFFERED));
  const { default: pretty } = await import("pino-pretty");
  return pino({ level }, pretty({ ignore: "pid,hostname", translateTime: "HH:MM:ss", sync: true }));
}

/** An error as it is logged. */
export interface LoggedError {
  readonly type: string;
  readonly code?: string;
  readonly message?: string;
  /** Stack frames, innermost first. */
  readonly at: readonly string[];
  readonly cause?: LoggedError;
}

/** Codes of errors of the operating system, undici and jose, whose messages contain nothing but addresses and fixed texts. */
const SAFE_ERROR_CODES = /^(E[A-Z0-9]+|UND_ERR_\w+|ERR_J[A-Z]+_\w+)$/;

/**
 * Removes everything from an error that may contain user data: the message of JSON.parse quotes the invalid text, the error
 * of an invalid URL has the URL as a property, and a serializer's message contains the value. The stack frames remain.
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
