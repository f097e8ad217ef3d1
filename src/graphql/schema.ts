import { GraphQLSchema, isSpecifiedDirective, lexicographicSortSchema, printSchema } from "graphql";
import { buildSchemaSync } from "type-graphql";
import { authChecker } from "./authorization.js";
import { checkArgument } from "./errors.js";
import { CourierMessageResolver } from "./courier/courier-message.resolver.js";
import { ENTITY_SCOPES, toSubgraphSchema } from "./federation.js";
import { FlowResolver } from "./flow/flow.resolver.js";
import { CreateIdentityResolver } from "./identity/create-identity.js";
import { DeleteIdentityCredentialResolver, IdentityCredentialsResolver } from "./identity/credentials.js";
import { IdentityEdgeResolver } from "./identity/identity-connection.js";
import { IdentitySchemaListResolver } from "./identity/identity-schema-connection.js";
import { IdentityMutationResolver } from "./identity/identity.mutations.js";
import { IdentityResolver } from "./identity/identity.resolver.js";
import { ImportIdentitiesResolver } from "./identity/import.js";
import { PatchIdentityResolver } from "./identity/patch-identity.js";
import { VerifyAddressResolver } from "./identity/verify-address.js";
import { applyOneOf } from "./one-of.js";
import { RecoveryResolver } from "./recovery.js";
import { SelfServiceErrorResolver } from "./self-service-error.js";
import { RevokeIdentitySessionsPayloadResolver, RevokeSessionPayloadResolver, SessionMutationResolver } from "./session/session.mutations.js";
import { IdentitySessionsResolver, SessionResolver } from "./session/session.resolver.js";
import { printSubgraph } from "./subgraph-sdl.js";
import { SystemResolver } from "./system.js";
import { setTypedInputs } from "./traits/inputs.js";
import { addTraits, type TraitsGraph, type TraitsOptions, type TraitsSchema } from "./traits/traits.js";
import { ViewerMutationResolver } from "./viewer/viewer.mutations.js";
import { ViewerResolver } from "./viewer/viewer.resolver.js";

export interface FacadeSchema {
  /** The executable schema, including federation's `_service` and `_entities`. */
  readonly schema: GraphQLSchema;
  /** The SDL of the subgraph for a schema registry, with descriptions and directives. Sorted, so that it is always the same. */
  readonly sdl: string;
  /** The SDL of the API for clients and code generators, without federation. Sorted, too. */
  readonly apiSdl: string;
  /** The typed traits, and what of them stays JSON. */
  readonly typed: Omit<TraitsGraph, "graph">;
}

export interface FacadeSchemaOptions {
  /** Whether callers need no scope to read the SDL. Default: false. */
  readonly publicSdl?: boolean;
  /**
   * Whether the SDL of the subgraph has `@authenticated` and `@requiresScopes`. Default: true. Apollo Gateway, and Apollo Router
   * without a license, refuse a supergraph that has them. Either way, the server checks the scopes.
   */
  readonly authDirectives?: boolean;
  /** The identity schemas whose traits get types. Default: none. */
  readonly traits?: TraitsOptions & { readonly schemas: readonly TraitsSchema[] };
}

const NO_TRAITS = { schemas: [], trustsSchema: false };

/** Builds the schema as a Federation 2 subgraph. */
export function buildFacadeSchema({ publicSdl = false, authDirectives = true, traits = NO_TRAITS }: FacadeSchemaOptions = {}): FacadeSchema {
  const untyped = buildSchemaSync({
    resolvers: [
      CourierMessageResolver,
      CreateIdentityResolver,
      DeleteIdentityCredentialResolver,
      FlowResolver,
      IdentityCredentialsResolver,
      IdentityEdgeResolver,
      IdentityMutationResolver,
      IdentityResolver,
      IdentitySchemaListResolver,
      IdentitySessionsResolver,
      ImportIdentitiesResolver,
      PatchIdentityResolver,
      RecoveryResolver,
      RevokeIdentitySessionsPayloadResolver,
      RevokeSessionPayloadResolver,
      SelfServiceErrorResolver,
      SessionMutationResolver,
      SessionResolver,
      SystemResolver,
      VerifyAddressResolver,
      ViewerMutationResolver,
      ViewerResolver,
    ],
    authChecker,
    validateFn: checkArgument,
  });
  untyped.getQueryType()!.description = "The query root.";
  untyped.getMutationType()!.description = "The mutation root. Errors that callers can act on, e.g. invalid input, are returned as `userErrors`.";
  applyOneOf(untyped);
  const { graph, ...typed } = addTraits(untyped, traits.schemas, traits);
  setTypedInputs(graph, typed.traits);
  const sorted = lexicographicSortSchema(graph);
  const sdl = printSubgraph(sorted, { entityScopes: ENTITY_SCOPES, authDirectives });
  return {
    schema: toSubgraphSchema(sorted, sdl, publicSdl),
    sdl,
    typed,
    get apiSdl() {
      return printApi(sorted);
    },
  };
}

function printApi(graph: GraphQLSchema): string {
  const config = graph.toConfig();
  return `${printSchema(new GraphQLSchema({ ...config, directives: config.directives.filter(isSpecifiedDirective) }))}\n`;
}
