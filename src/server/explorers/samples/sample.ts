/** One tab of the explorer: a document with an operation for each of some root fields. */
export interface Sample {
  readonly name: string;
  readonly document: string;
  /** Values to send the operations with; those of ids say in words where to find one. */
  readonly variables: object;
}
