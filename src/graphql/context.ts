import type DataLoader from "dataloader";
import type { FlowCredentials, Kratos } from "../kratos/index.js";
import { createIdentityLoader } from "./identity/identity.loader.js";
import type { Identity } from "./identity/identity.type.js";
import { createIdentitySchemaLoader } from "./identity-schema/identity-schema.loader.js";
import type { IdentitySchema } from "./identity-schema/identity-schema.type.js";

/** What the resolvers of one request share. */
export interface FacadeContext {
  readonly kratos: Kratos;
  readonly identities: DataLoader<string, Identity | null>;
  readonly identitySchemas: DataLoader<string, IdentitySchema | null>;
  /** What the caller sent that Kratos asks for at flows. It is passed on for nothing else. */
  readonly flowCredentials: FlowCredentials;
}

/** A context for one request, its loaders empty. */
export function createContext(kratos: Kratos, flowCredentials: FlowCredentials = {}): FacadeContext {
  return {
    kratos,
    identities: createIdentityLoader(kratos),
    identitySchemas: createIdentitySchemaLoader(kratos),
    flowCredentials,
  };
}
