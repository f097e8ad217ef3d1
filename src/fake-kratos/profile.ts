import type { KratosError } from "./errors.js";

/** The values in which versions of Kratos differ, as far as the facade can see them. */
export interface Profile {
  readonly version: string;
  /** The last segment of an identity's `schema_url`. */
  readonly schemaSegment: (schemaId: string) => string;
  readonly schemaNotFound: (segment: string) => KratosError;
  /** How an email in the traits becomes an address of the identity. */
  readonly toAddress: (email: string) => string;
  /** The error if another identity has the same email. */
  readonly conflict: KratosError;
  /** Whether a flow is only shown to the browser or the user that it belongs to. */
  readonly guardsFlows: boolean;
  /**
   * New flows as that version responds with them, by kind (`login`) or, if the form for browsers is another, by kind and type
   * (`login/api`). They are recorded from the real program, with the sample schemas and every method enabled; `{id}` and other
   * names in braces are filled in.
   */
  readonly flows: Readonly<Record<string, object>>;
}
