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
const PLAIN_SPOKEN = /^(E[A-Z0-9]+|UND_ERR_\w+|ERR_J[A-Z]+_\w+)$/;

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
    ...(PLAIN_SPOKEN.test(String(code)) && { message }),
    at: stack.replace(message, "").split("\n").filter((line) => /^ {4}at \S.*:\d+:\d+\)?$/.test(line)).map((line) => line.trim()),
    ...(cause !== undefined && { cause: errorForLog(cause) }),
  };
}
