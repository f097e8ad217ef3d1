import type { KratosError } from "./errors.js";
import type { Message } from "./form.js";
import type { Fault } from "./schemas.js";

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
  /** What browsers get that start a flow: JSON if they accept it, or always a redirect. */
  readonly startsFlows: "with JSON" | "with redirects";
  /**
   * New flows as that version responds with them, by kind (`login`) or, if the form for browsers is another, by kind and type
   * (`login/api`). They are recorded from the real program, with the sample schemas and every method enabled; `{id}` and other
   * names in braces are filled in.
   */
  readonly flows: Readonly<Record<string, object>>;
  /** The message of a form about a trait. */
  readonly toMessage: (fault: Fault) => Message;
  /** The message of a form that was saved. */
  readonly saved: Message;
  /** Whether objects that are missing in the traits of a form are added. */
  readonly addsObjects: boolean;
  readonly sessionTokenPrefix: string;
  /** The name of the cookie that prevents forged requests, and its attributes. */
  readonly csrfCookie: (publicUrl: string) => { readonly name: string; readonly attributes: string };
}
