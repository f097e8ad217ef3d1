/** One thing that is wrong with a request body. */
export interface ValidationIssue {
  /** Where in the body, as its keys and indices: `["traits", "email"]`. */
  readonly path: readonly string[];
  readonly message: string;
}

/**
 * Whatever the adapter throws. `message` is safe to show to a caller: it holds no address, no database text
 * and no stack; what may be said only to the operator is in `detail`. Kratos' own texts, which may hold a user's data, are in
 * neither.
 */
export abstract class KratosError extends Error {
  /** The operation that failed, by the name that Ory's API documents give it. */
  readonly operation: string;
  /** What a failure is found by in Kratos' log, or what the network did: for the operator's log alone. */
  readonly detail?: string;

  constructor(operation: string, message: string, options: { detail?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = new.target.name;
    this.operation = operation;
    this.detail = options.detail;
  }
}

/** Another identity has one of the identifiers or addresses that the traits give. Kratos does not say which. */
export class KratosConflictError extends KratosError {}

/** Kratos' configuration switches off what was asked for, say the verification flow or the link method. */
export class KratosDisabledError extends KratosError {}

/** What Kratos says of the way on when a flow is over. */
export interface FlowReplacement {
  /** Path and query under Kratos' public address that start a new flow of the kind. */
  readonly newFlowPath?: string;
  /** Id of the flow that took the place of this one. */
  readonly useFlowId?: string;
}

/** The flow is over (status 410). */
export class KratosFlowExpiredError extends KratosError {
  readonly replacement: FlowReplacement;

  constructor(operation: string, message: string, replacement: FlowReplacement) {
    super(operation, message);
    this.replacement = replacement;
  }
}

/** Kratos asks for a session, a cookie or a right that the caller did not show (status 401 or 403). */
export class KratosForbiddenError extends KratosError {}

/** Kratos refuses the request body; each fault names the place in it. */
export class KratosInvalidError extends KratosError {
  readonly issues: readonly ValidationIssue[];

  constructor(operation: string, issues: readonly ValidationIssue[]) {
    super(operation, issues.map(({ message }) => message).join("; "));
    this.issues = issues;
  }
}

/**
 * Kratos does not have this path, or redirects from it: it is another release than the one believed, or something else
 * answers in its place. Nothing was done. No redirect is ever followed.
 */
export class KratosVersionMismatchError extends KratosError {
  /** Where a redirect leads, as Kratos wrote it. */
  readonly location: string;

  constructor(operation: string, status: number, location: string) {
    super(operation, `Kratos does not answer ${operation} where its release should (status ${status}).`, {
      detail: location ? `redirects to ${URL.canParse(location) ? new URL(location).origin : "a path of its own"}` : undefined,
    });
    this.location = location;
  }
}

/** Kratos has no such identity, schema, flow or error. */
export class KratosNotFoundError extends KratosError {
  constructor(operation: string) {
    super(operation, "Kratos has no such resource.");
  }
}

/** Too many requests to Kratos are under way: this one was never sent, and nothing was done. */
export class KratosOverloadedError extends KratosError {
  constructor(operation: string, options: { detail?: string; cause?: unknown } = {}) {
    super(operation, `Too much is asked of Kratos at once: ${operation} was not sent. Nothing was done; try again later.`, options);
  }
}

/** This Kratos serves what was asked for on its public port, whose address is not configured. */
export class KratosPublicUrlRequiredError extends KratosError {
  constructor(operation: string, running: string) {
    super(
      operation,
      `Kratos ${running} answers ${operation} on its public port alone: set KRATOS_PUBLIC_URL to that address.`,
    );
  }
}

/** Kratos could not be reached, hung up, did not answer within the deadline, or says that it cannot now. */
export class KratosUnavailableError extends KratosError {
  /** The seconds after which Kratos asks to come back, where it does. */
  readonly retryAfterS?: number;

  constructor(operation: string, message: string, options: { detail?: string; cause?: unknown; retryAfterS?: number } = {}) {
    super(operation, message, options);
    this.retryAfterS = options.retryAfterS;
  }
}

/** Kratos failed (status 5xx), or answered what its API does not provide for. */
export class KratosUnexpectedResponseError extends KratosError {
  readonly status: number;

  constructor(operation: string, status: number, detail?: string) {
    super(operation, `Kratos failed to answer ${operation} (status ${status}). Its log says why.`, { detail });
    this.status = status;
  }
}

/** What came in Kratos' place is no HTTP, or is larger than it may be: headers of over 16 kB, a body of over 50 MB. */
export class KratosUnreadableResponseError extends KratosError {
  /** @param outcome a sentence about what became of a change, or nothing */
  constructor(operation: string, outcome: string, options: { detail?: string; cause?: unknown } = {}) {
    super(operation, `Kratos' answer to ${operation} cannot be read.${outcome}`, options);
  }
}

/** The running Kratos is older than what was asked of it. */
export class KratosUnsupportedError extends KratosError {
  /** First version that has it, as `v0.6.3-alpha.1`. */
  readonly since: string;

  constructor(operation: string, running: string, since: string) {
    super(operation, `${operation} needs Kratos ${since} or newer; this one is ${running}.`);
    this.since = since;
  }
}
