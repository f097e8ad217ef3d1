import type DataLoader from "dataloader";
import type { ChangeOutcome, FlowCredentials, IdentitySessionsQuery, Kratos, ListPage, SessionQuery, SessionRecord } from "../kratos/index.js";
import type { CourierMessage } from "./courier/courier-message.type.js";
import type { IdentitySchema } from "./identity/identity.type.js";
import {
  type BatchListener,
  createCourierMessageLoader,
  createIdentityLoaders,
  createIdentitySchemaLoader,
  createIdentitySessionsLoader,
  createSessionLoader,
  type IdentityLoaders,
} from "./loaders.js";
import { ANYBODY, type Caller } from "./scopes.js";
import type { Session } from "./session/session.type.js";
import type { TraitsMask } from "./traits-mask.js";
import { Viewer } from "./viewer/viewer.type.js";

/** The parts of a request that its context is created from. */
export interface ContextOptions {
  readonly kratos: Kratos;
  /** The sender of the request. Default: a caller with all scopes. */
  readonly caller?: Caller;
  /** ID of the request, for the log. */
  readonly requestId?: string;
  /** Traits to hide from callers without the scope `secrets:read`. */
  readonly traitsMask?: TraitsMask;
  /** The caller's cookies and session token. They are forwarded to Kratos only with requests for flows, of callers with `flows:read`. */
  readonly flowCredentials?: FlowCredentials;
  /** Called with the number of keys of each batch that a loader requests. */
  readonly onBatch?: BatchListener;
  /** Called with a `Set-Cookie` header if Kratos reissues the session cookie of the caller. */
  readonly onSessionCookie?: (setCookie: string) => void;
}

/** Shared by the resolvers of one request. */
export interface FacadeContext extends IdentityLoaders {
  readonly kratos: Kratos;
  readonly caller: Caller;
  readonly requestId: string | undefined;
  readonly flowCredentials: FlowCredentials;
  readonly identitySchemas: DataLoader<string, IdentitySchema | null>;
  readonly sessions: DataLoader<SessionQuery, Session | null, string>;
  readonly identitySessions: DataLoader<IdentitySessionsQuery, ListPage<SessionRecord> | null, string>;
  readonly courierMessages: DataLoader<string, CourierMessage | null>;
  /** Traits to hide from this caller. Undefined if the caller may see all. */
  readonly mask: TraitsMask | undefined;
  readonly onSessionCookie: ((setCookie: string) => void) | undefined;
  /** The signed-in user, as the last mutation has left them. Undefined if the request is not sent with a session. */
  viewer: Viewer | undefined;
  /** Set by the server, to record mutations. */
  audit?: Audit;
}

/** The outcome of a mutation. Contains no personal data. */
export interface AuditEntry {
  /** Name of the mutation. */
  readonly mutation: string;
  /** UUID of the identity, if known. */
  readonly identityId?: string;
  /** UUID of the session, if the mutation is about one. */
  readonly sessionId?: string;
  /** UUIDs of the identities that `importIdentities` created. */
  readonly identityIds?: readonly string[];
  /** How many identities `importIdentities` did not create. */
  readonly failed?: number;
  /** `DONE`, or what is known of the change. */
  readonly outcome: "DONE" | ChangeOutcome;
  /** Codes of the user errors, or of the error. */
  readonly codes?: readonly string[];
}

/** Records the mutations of one request. */
export interface Audit {
  /**
   * Called before a mutation is executed.
   * @param key the mutation's key in the response: its alias, or else its name
   * @returns what to call when it has ended, before its result is sent
   */
  start(key: string, mutation: Pick<AuditEntry, "mutation" | "identityId" | "sessionId">): (result: Omit<AuditEntry, "mutation">) => void;
}

/** Creates the context of one request, with empty loaders. */
export function createContext({ kratos, caller = ANYBODY, requestId, traitsMask, flowCredentials = {}, onBatch, onSessionCookie }: ContextOptions): FacadeContext {
  const mask = caller.scopes.has("secrets:read") ? undefined : traitsMask;
  return {
    kratos,
    caller,
    requestId,
    flowCredentials,
    mask,
    onSessionCookie,
    viewer: caller.user && new Viewer(caller.user),
    ...createIdentityLoaders(kratos, mask, onBatch),
    identitySchemas: createIdentitySchemaLoader(kratos, onBatch),
    courierMessages: createCourierMessageLoader(kratos, mask, onBatch),
    sessions: createSessionLoader(kratos, onBatch),
    identitySessions: createIdentitySessionsLoader(kratos, onBatch),
  };
}
