/** How large one operation may be. What is larger is refused before Kratos is asked for anything. */
export interface Limits {
  /** Fields within fields; introspection's do not count. */
  readonly depth: number;
  /** Fields under another name. */
  readonly aliases: number;
  /** Fields of Query or Mutation. */
  readonly rootFields: number;
  readonly directives: number;
  /** Words and signs of the document. */
  readonly tokens: number;
  /** What docs/security.md prices: 1 for an object, 10 for a request to Kratos. */
  readonly cost: number;
}

/** Far above what applications ask for: a page of 250 with all there is costs some 4,000. */
export const DEFAULT_LIMITS: Limits = { depth: 15, aliases: 50, rootFields: 50, directives: 50, tokens: 5_000, cost: 10_000 };
