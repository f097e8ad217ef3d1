import type { KratosError, KratosErrorFields } from "../http/kratos-error.js";
import type { KratosPort, KratosRequest } from "../http/kratos-request.js";
import type { Reply } from "../http/reply.js";
import type { TraitFault } from "../identities/trait-faults.js";
import type { Flow, FlowKind, FlowShapes } from "./flow.js";
import type { UiMessage } from "./ui-node.js";

/** What tells one release's self-service from another's. */
export interface FlowEra {
  flowShapes: FlowShapes;
  /** Whether the attributes of a node repeat its type. */
  nodesNameTheirType: boolean;
  sessionTokenPrefix: string;

  csrfCookieName(publicUrl: string): string;
  csrfCookieAttributes: string;
  /** Refuses a browser's flow to a reader without that browser's cookie, or does not. */
  checkReader(flow: Flow, cookie: string, request: KratosRequest): void;

  /** The status that sends browsers on. */
  browserRedirect: 302 | 303;
  /** Whether a browser that accepts nothing but JSON is answered like an API client. */
  browsersMayWantJson: boolean;
  loginUrl(uiUrl: string, publicUrl: string): string;
  /** Who is redirected to the error page when verification is disabled; the others get the error itself. */
  disabledRedirect: "always" | "browsers";

  /** Whether a place to return to is refused, as no foreign one is allowed by the configuration. */
  checksReturnTo: boolean;
  noSession(): KratosError;
  unknownFlow(kind: FlowKind): Reply;
  unknownSettings(): KratosError;
  foreignSettings(): KratosError;
  expired(flow: Flow, fields: KratosErrorFields): KratosError;
  /** More details of an expired browser flow. */
  expiredDetails: Record<string, string>;
  /** Submitting an expired registration, for which a new flow was begun. */
  expiredRegistration(flow: Flow, newId: string, publicUrl: string): Reply;

  /** The traits as a registration stores them. */
  registeredTraits(traits: Record<string, unknown>): Record<string, unknown>;
  shortestPassword: number;
  passwordTooShort(length: number): UiMessage;
  traitFailure(fault: TraitFault): UiMessage;
  /** The context of a message that has nothing to say in it. */
  emptyContext: Record<string, never> | undefined;

  /** The query's parameter that names an error container. */
  errorParameter: "error" | "id";
  errorId(query: URLSearchParams): string;
  containedError(error: KratosError): Record<string, unknown>;
  noErrorContainer(port: KratosPort): KratosError;
}
