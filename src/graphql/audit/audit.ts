/** What became of one mutation. It holds no value of the identity's own. */
export interface AuditEntry {
  /** The mutation's name. */
  readonly mutation: string;
  /** The identity that it is about, where one is known by a UUID. */
  readonly identityId?: string;
  /** `unknown`: sent to Kratos, which did not say whether it was done. */
  readonly outcome: "done" | "refused" | "failed" | "unknown";
  /** The codes of the user errors or of the error. */
  readonly codes?: readonly string[];
}

/** Where the mutations of one request are written down. */
export interface Audit {
  /** @param key the mutation's name in the answer: its alias, or else its own */
  record(key: string, entry: AuditEntry): void;
}
