/** One operation, as it is over. */
export interface OperationRecord {
  /** Its name in the document, cut where it is long; undefined where it has none. */
  readonly name?: string;
  /** `query` or `mutation`; undefined where the document could not be read. */
  readonly type?: string;
  /** Whether the document is a valid one of this graph. */
  readonly valid: boolean;
  /** The codes of its errors, each once. */
  readonly codes: readonly string[];
  readonly durationMs: number;
}
