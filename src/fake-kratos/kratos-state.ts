import type { Era } from "./eras/era.js";
import type { IdentityStore } from "./identities/identity-store.js";
import type { ErrorContainer } from "./self-service/error-containers.js";
import type { Flow } from "./self-service/flow.js";
import type { Session } from "./self-service/session.js";

/** What all handlers of one emulated Kratos share. */
export interface KratosState {
  readonly era: Era;
  /** Without a slash at the end; known once the two ports are bound. */
  readonly adminUrl: string;
  readonly publicUrl: string;
  readonly flowLifespanMs: number;
  readonly verificationEnabled: boolean;
  readonly recoveryLinkEnabled: boolean;
  readonly identities: IdentityStore;
  readonly flows: Map<string, Flow>;
  /** By token. */
  readonly sessions: Map<string, Session>;
  readonly errorContainers: Map<string, ErrorContainer>;
}
