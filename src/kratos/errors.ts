/** One problem in a request body. */
export interface ValidationIssue {
  /** Location in the body as a list of keys and indices, e.g. `["traits", "email"]`. */
  readonly path: readonly string[];
  readonly message: string;
}

/**
 * What is known of the change that a failed operation was to make:
 * - `NOT_SENT`: the change was not sent to Kratos. Always the case if a read fails.
 * - `REFUSED`: Kratos responded that it did not make the change.
 * - `UNKNOWN`: the change was sent, but no response says whether it was made.
 */
export type ChangeOutcome = "NOT_SENT" | "REFUSED" | "UNKNOWN";

interface KratosErrorOptions {
  readonly detail?: string;
  readonly cause?: unknown;
  readonly outcome?: ChangeOutcome;
}

/**
 * Base class of every error that the adapter throws. `message` is safe to show to a caller: it contains no address, no
 * database text and no stack trace. `detail` is for the operator's log only. Neither contains Kratos' own text, which may
 * contain personal data.
 */
export abstract class KratosError extends Error {
  /** Name of the failed operation in Ory's API documents, e.g. `getIdentity`. */
  readonly operation: string;
  /** How to find the failure in Kratos' log, or what the network reported. For the operator's log only. */
  readonly detail?: string;
  /** What is known of the change that the operation was to make. */
  readonly outcome: ChangeOutcome;

  constructor(operation: string, message: string, { detail, cause, outcome = "NOT_SENT" }: KratosErrorOptions = {}) {
    super(message, { cause });
    this.name = new.target.name;
    this.operation = operation;
    this.detail = detail;
    this.outcome = outcome;
  }
}

/** For `catch`: returns an error of the adapter, and throws any other again. */
export function onlyKratosErrors(error: unknown): KratosError {
  if (error instanceof KratosError) return error;
  throw error;
}

/** Another identity already uses one of the identifiers or addresses in the traits. v0.6.3 names the database's constraint, newer versions nothing. */
export class KratosConflictError extends KratosError {
  constructor(operation: string, options: KratosErrorOptions) {
    super(operation, "Another identity already uses one of these identifiers or addresses.", options);
  }
}

/** The identity was changed since the caller has read it. Nothing was sent. */
export class KratosModifiedError extends KratosError {
  constructor(operation: string, expected: string, updatedAt: string | undefined) {
    super(
      operation,
      `Expected an identity that was last updated at ${expected}, but it was last updated at ${updatedAt ?? "an unknown time"}. Read the identity again, and repeat the change if it still applies.`,
    );
  }
}

/** The operation is disabled in the Kratos configuration, e.g. the verification flow or the link method. */
export class KratosDisabledError extends KratosError {}

/** How to continue after a flow has expired, as far as Kratos reports it. */
export interface FlowReplacement {
  /** Path and query on Kratos' public URL that start a new flow of the same kind. */
  readonly newFlowPath?: string;
  /** ID of the flow that replaces the expired one. */
  readonly useFlowId?: string;
}

/** The flow has expired (status 410). */
export class KratosFlowExpiredError extends KratosError {
  readonly replacement: FlowReplacement;

  constructor(operation: string, replacement: FlowReplacement) {
    super(operation, "The flow has expired.");
    this.replacement = replacement;
  }
}

/** Kratos requires a session, a cookie or a permission that the caller did not present (status 401 or 403). */
export class KratosForbiddenError extends KratosError {
  /** Kratos' name for what is missing, e.g. `session_aal2_required`, if it has one. */
  readonly errorId: string | undefined;

  constructor(operation: string, errorId?: string, options: KratosErrorOptions = {}) {
    super(operation, `Kratos does not allow this caller to perform ${operation}.`, options);
    this.errorId = errorId;
  }
}

/** Kratos does not accept the session of a user: it is unknown, expired or revoked, or its identity is inactive or deleted. Kratos does not say which. */
export class KratosSessionInvalidError extends KratosError {
  constructor(operation: string, options: KratosErrorOptions = {}) {
    super(operation, "The session is no longer valid. Sign in again.", options);
  }
}

/** The user is signed in, and has to sign in again, or with a second factor. */
export class KratosSignInRequiredError extends KratosError {
  /** Kratos' name for what is missing. */
  readonly errorId: SignInRequirement;
  /** Path and query on Kratos' public URL that start the login flow. */
  readonly newFlowPath: string;

  /** @param client how the user's client starts flows */
  constructor(operation: string, errorId: SignInRequirement, client: "browser" | "api", options: KratosErrorOptions = {}) {
    super(operation, SIGN_IN[errorId].message, options);
    this.errorId = errorId;
    this.newFlowPath = `/self-service/login/${client}?${SIGN_IN[errorId].query}`;
  }
}

const SIGN_IN = {
  session_aal2_required: { message: "A second factor is required. Complete the login flow with it, and repeat the request.", query: "aal=aal2" },
  session_refresh_required: { message: "The user signed in too long ago for this change. Complete the login flow again, and repeat the request.", query: "refresh=true" },
} as const;

export type SignInRequirement = keyof typeof SIGN_IN;

export function isSignInRequirement(errorId: string | undefined): errorId is SignInRequirement {
  return errorId !== undefined && Object.hasOwn(SIGN_IN, errorId);
}

/** Kratos rejected the request body. Each issue has its location in the body. */
export class KratosInvalidError extends KratosError {
  readonly issues: readonly ValidationIssue[];

  constructor(operation: string, issues: readonly ValidationIssue[], options: KratosErrorOptions = {}) {
    super(operation, issues.map(({ message }) => message).join("; "), options);
    this.issues = issues;
  }
}

/** The identity, schema, flow or error does not exist in Kratos. */
export class KratosNotFoundError extends KratosError {
  constructor(operation: string, options: KratosErrorOptions = {}) {
    super(operation, "The resource does not exist in Kratos.", options);
  }
}

/** The identity does not have a credential. */
export class KratosCredentialNotFoundError extends KratosNotFoundError {
  /** What no credential of the identity has. */
  readonly property: "type" | "identifier";

  constructor(operation: string, property: "type" | "identifier", options: KratosErrorOptions) {
    super(operation, options);
    this.property = property;
  }
}

/** Too many requests to Kratos are running, so this one was not sent, or its large response was not read. */
export class KratosOverloadedError extends KratosError {}

/** The connected Kratos does not know a position in a list. Mostly it is one of another version, which orders the list differently. */
export class KratosPositionError extends KratosError {
  constructor(operation: string) {
    super(operation, "The connected Kratos does not know this cursor, e.g. because it is from another version of Kratos, which orders the list differently. Start again with the first page.", {
      outcome: "NOT_SENT",
    });
  }
}

/** The connected Kratos serves the operation on its public port, and the public URL is not configured. */
export class KratosPublicUrlRequiredError extends KratosError {
  constructor(operation: string) {
    super(operation, `Since v0.7, Kratos serves ${operation} only on its public port. Set KRATOS_PUBLIC_URL to the URL of that port.`);
  }
}

/** Kratos cannot be reached, closed the connection, did not respond before the deadline, or says that it is unavailable. */
export class KratosUnavailableError extends KratosError {
  /** Seconds after which Kratos asks to try again, if it says so. */
  readonly retryAfterS?: number;

  constructor(operation: string, message: string, options: KratosErrorOptions & { readonly retryAfterS?: number }) {
    super(operation, message, options);
    this.retryAfterS = options.retryAfterS;
  }

  /** The same failure for an operation that could not begin because of it. */
  during(operation: string): KratosUnavailableError {
    const { detail, cause, outcome, retryAfterS } = this;
    return new KratosUnavailableError(operation, this.message.replace(this.operation, operation), { detail, cause, outcome, retryAfterS });
  }
}

/** Kratos failed (status 5xx), or its response is not one that its API documents. */
export class KratosUnexpectedResponseError extends KratosError {
  readonly status: number;

  constructor(operation: string, status: number, options: KratosErrorOptions) {
    super(operation, `Kratos returned an unexpected response to ${operation} (status ${status}). For details, see the Kratos log.`, options);
    this.status = status;
  }
}

/** One of several identities in a response is not as Kratos' API documents it, or nests JSON too deeply. The others can be read. */
export class KratosMalformedIdentityError extends KratosUnexpectedResponseError {
  /** ID of the identity. */
  readonly id: string;

  constructor(operation: string, id: string, detail: string) {
    super(operation, 200, { detail });
    this.id = id;
  }
}

/** The response is not HTTP, or exceeds a limit: 16 kB of headers or 50 MB of body. */
export class KratosUnreadableResponseError extends KratosError {}

/** The connected Kratos is older than the operation requires. */
export class KratosUnsupportedError extends KratosError {
  /** First version that supports the operation, e.g. `v0.6.3-alpha.1`. */
  readonly since: string;
  /** Path of the part of a mutation's input that requires it. Undefined if the whole operation does. */
  readonly path: readonly string[] | undefined;

  /** @param what what it is that requires a later version, if it is a part of the operation only */
  constructor(operation: string, version: string, since: string, what = operation, path?: readonly string[]) {
    super(operation, `${what} requires Kratos ${since} or later. The connected Kratos is ${version}.`);
    this.since = since;
    this.path = path;
  }
}

const CHECK_URLS = "check that KRATOS_ADMIN_URL and KRATOS_PUBLIC_URL are the base URLs of Kratos' admin API and public API";

/**
 * Kratos does not have this path, or redirects from it: it is a different version than assumed, or something else answers in
 * its place. Nothing was done, as no redirect is ever followed.
 */
export class KratosVersionMismatchError extends KratosError {
  /** The redirect's `Location` header, as Kratos wrote it. Empty if the response is not a redirect. */
  readonly location: string;

  constructor(operation: string, status: number, location: string, options: KratosErrorOptions = {}) {
    super(operation, `Kratos does not serve ${operation} at the path that its version should have (status ${status}).`, {
      ...options,
      detail: location ? `redirects to ${URL.canParse(location) ? new URL(location).origin : "another path"}` : CHECK_URLS,
    });
    this.location = location;
  }
}

/** Kratos has listed identities that do not match the filter: it is older than assumed, and ignores what it does not know. */
export class KratosFilterIgnoredError extends KratosVersionMismatchError {
  override message = "Kratos ignored the filter, so its response cannot be used.";

  constructor(operation: string) {
    super(operation, 200, "");
  }
}

const OTHER_PORT = { admin: "public", public: "admin" } as const;
const DEFAULT_PORTS = { admin: 4434, public: 4433 } as const;

/** The URL of one of Kratos' two ports leads to the other one. */
export class KratosWrongPortError extends KratosError {
  /** The port that the URL should lead to. */
  readonly port: "admin" | "public";

  constructor(operation: string, port: "admin" | "public") {
    const variable = `KRATOS_${port.toUpperCase()}_URL`;
    super(operation, `${variable} is wrong: this looks like Kratos' ${OTHER_PORT[port]} port.`, {
      detail: `set ${variable} to the URL of the ${port} port, which is ${DEFAULT_PORTS[port]} by default`,
    });
    this.port = port;
  }
}
