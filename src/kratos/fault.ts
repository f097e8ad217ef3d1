/** One thing that is wrong with a request body. */
export interface Fault {
  /** Where in the body, as its keys and indices: `["traits", "email"]`. */
  readonly path: readonly string[];
  readonly message: string;
}
