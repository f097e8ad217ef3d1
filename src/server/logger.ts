import { appendFileSync, writeSync } from "node:fs";
import pino, { type Logger } from "pino";

export type { Logger };

/** The logs of the process. */
export interface Logs {
  readonly logger: Logger;
  /** Each of its lines is written when `info` returns. It throws an error if the line cannot be written. */
  readonly auditLogger: Logger;
}

/** Errors are logged as `errorForLog` returns them, which pino would take for an error, and describe as an object. */
const serializers = { err: (error: unknown) => error };

/**
 * Creates the log on standard output: readable text in a terminal, JSON lines otherwise.
 * @param level a level of pino, from `trace` to `silent`
 * @param auditFile file to append the audit lines to. Default: they are in the log
 */
export async function createLogs(level: string, auditFile?: string): Promise<Logs> {
  const fileLogger = auditFile === undefined ? undefined : pino({ base: undefined, serializers }, new LineFile(auditFile));
  if (process.stdout.isTTY) {
    const { default: pretty } = await import("pino-pretty");
    const logger = pino({ level, serializers }, pretty({ ignore: "pid,hostname", translateTime: "HH:MM:ss", sync: true }));
    return { logger, auditLogger: fileLogger ?? logger };
  }
  const output = new LineOutput(process.stdout.fd);
  const now = { write: (line: string) => output.writeNow(line) };
  return { logger: pino({ base: undefined, level, serializers }, output), auditLogger: fileLogger ?? pino({ base: undefined, level, serializers }, now) };
}

const MAX_BUFFER_CHARACTERS = 8_192;
const MAX_BUFFER_MS = 100;

/**
 * Writes lines in batches: one system call for each line would take a tenth of a request's CPU time. The system calls are
 * synchronous, so that a line that must be written at once never gets into the middle of a batch. pino's own destination does
 * not return from a synchronous flush if nobody reads the output any more.
 */
class LineOutput {
  #lines = "";

  constructor(private readonly fd: number) {
    setInterval(() => this.#tryFlush(), MAX_BUFFER_MS).unref();
    process.on("exit", () => this.#tryFlush());
  }

  write(line: string): void {
    this.#lines += line;
    if (this.#lines.length >= MAX_BUFFER_CHARACTERS) this.#tryFlush();
  }

  /** @throws {Error} if the line cannot be written */
  writeNow(line: string): void {
    this.#lines += line;
    this.#flush();
  }

  /** If the output fails, there is nowhere to report it. */
  #tryFlush(): void {
    try {
      this.#flush();
    } catch {
      // The lines are lost.
    }
  }

  #flush(): void {
    let bytes = Buffer.from(this.#lines);
    this.#lines = "";
    while (bytes.length > 0) {
      try {
        bytes = bytes.subarray(writeSync(this.fd, bytes));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
        // The output is a full pipe, which whoever started this process has made non-blocking.
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
      }
    }
  }
}

/** Appends each line to a file, which is opened anew each time: it can be renamed at any time, e.g. by logrotate. */
class LineFile {
  /** Whether a line may have been written in part. */
  #isTorn = false;

  constructor(private readonly path: string) {}

  /** @throws {Error} if the line cannot be written */
  write(line: string): void {
    const text = this.#isTorn ? `\n${line}` : line;
    this.#isTorn = true;
    appendFileSync(this.path, text, { mode: 0o600 });
    this.#isTorn = false;
  }
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
