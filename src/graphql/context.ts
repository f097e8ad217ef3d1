import type DataLoader from "dataloader";
import type { FlowCredentials, Kratos } from "../kratos/index.js";
import type { Audit } from "./audit.js";
import { ANYBODY, type Caller } from "./scopes.js";
import { type BatchListener, createIdentityLoader, createIdentitySchemaLoader } from "./loaders.js";
import type { Identity } from "./identity/identity.type.js";
import type { IdentitySchema } from "./identity-schema.js";
import type { TraitsMask } from "./traits-mask/traits-mask.js";

/** What a request brings with it. */
export interface ContextOptions {
  readonly kratos: Kratos;
  /** Who asks; somebody who may do anything where it is left out. */
  readonly caller?: Caller;
  /** The request's id, for the log. */
  readonly requestId?: string;
  /** What callers without `secrets:read` do not see of the traits. */
  readonly traitsMask?: TraitsMask;
  /** What the caller sent that Kratos asks for at flows. It is passed on for nothing else. */
  readonly flowCredentials?: FlowCredentials;
  /** Hears how many keys a loader asks for at once. */
  readonly onBatch?: BatchListener;
}

/** What the resolvers of one request share. */
export interface FacadeContext {
  readonly kratos: Kratos;
  readonly caller: Caller;
  readonly requestId: string | undefined;
  readonly flowCredentials: FlowCredentials;
  readonly identities: DataLoader<string, Identity | null>;
  readonly identitySchemas: DataLoader<string, IdentitySchema | null>;
  /** What this caller does not see of the traits. */
  readonly mask: TraitsMask | undefined;
  /** Where mutations are written down. */
  audit?: Audit;
}

/** A context for one request, its loaders empty. */
export function createContext({ kratos, caller = ANYBODY, requestId, traitsMask, flowCredentials = {}, onBatch }: ContextOptions): FacadeContext {
  const mask = caller.scopes.has("secrets:read") ? undefined : traitsMask;
  return {
    kratos,
    caller,
    requestId,
    flowCredentials,
    mask,
    identities: createIdentityLoader(kratos, mask, onBatch),
    identitySchemas: createIdentitySchemaLoader(kratos, onBatch),
  };
}
