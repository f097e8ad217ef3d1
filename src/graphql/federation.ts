import { extendSchema, type GraphQLFieldResolver, type GraphQLSchema, type GraphQLUnionType, parse } from "graphql";
import { requireScope } from "./authorization.js";
import { references } from "./complexity.js";
import type { FacadeContext } from "./context.js";
import { badUserInput, describeReceived } from "./errors.js";
import { Identity } from "./identity/identity.type.js";

/** References in one request. A router asks for a page's at once, and a page has 250 at the most. */
const MAX_REPRESENTATIONS = 1000;

type Loaders = Pick<FacadeContext, "caller" | "identities" | "identitySchemas">;

/** The loader of each type that a router may refer to. */
const LOADERS: Readonly<Record<string, (loaders: Loaders, id: string) => Promise<object | null>>> = {
  Identity: ({ identities }, id) => identities.load(id),
  IdentitySchema: ({ identitySchemas }, id) => identitySchemas.load(id),
};

/** What a router asks a subgraph for (https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/reference/subgraph-spec). */
const SUBGRAPH = parse(`
  "A reference to an entity: its __typename and its key."
  scalar _Any
  "The entities that other subgraphs may refer to."
  union _Entity = ${Object.keys(LOADERS).join(" | ")}
  "What this subgraph is."
  type _Service { "Its SDL." sdl: String }
  extend type Query {
    "Resolves a router's references, each by itself."
    _entities("The references, at most ${MAX_REPRESENTATIONS} of them." representations: [_Any!]!): [_Entity]!
    "Tells a router what this subgraph is."
    _service: _Service!
  }
`);

/**
 * The graph as it is served to a router. Each representation is answered by itself through the request's loaders:
 * a malformed one does not fail the others.
 * @param publicSdl whether every caller may see the SDL, without the scope for it
 */
export function toSubgraphSchema(graph: GraphQLSchema, sdl: string, publicSdl: boolean): GraphQLSchema {
  const schema = extendSchema(graph, SUBGRAPH);
  const { _entities, _service } = schema.getQueryType()!.getFields();
  const resolve: GraphQLFieldResolver<unknown, FacadeContext, { representations: unknown[] }> = (_, { representations }, context) => {
    if (representations.length > MAX_REPRESENTATIONS) {
      throw badUserInput(`"representations" must be ${MAX_REPRESENTATIONS} at the most; there were ${representations.length}.`);
    }
    // The errors stand in the list: graphql-jit would drop a last item whose promise fails.
    return Promise.all(representations.map((representation) => load(representation, context).catch((error: Error) => error)));
  };
  _entities!.resolve = resolve;
  _entities!.extensions = { complexity: references };
  const service: GraphQLFieldResolver<unknown, FacadeContext> = (_source, _args, { caller }) => {
    if (!publicSdl) requireScope(caller, "system:read");
    return { sdl };
  };
  _service!.resolve = service;
  (schema.getType("_Entity") as GraphQLUnionType).resolveType = (value) => (value instanceof Identity ? "Identity" : "IdentitySchema");
  return schema;
}

async function load(representation: unknown, context: Loaders): Promise<object | null> {
  // Here is no type-graphql to ask.
  requireScope(context.caller, "identities:read");
  const { __typename: type, id } = (representation ?? {}) as { __typename?: unknown; id?: unknown };
  const from = typeof type === "string" && Object.hasOwn(LOADERS, type) ? LOADERS[type] : undefined;
  if (from && typeof id === "string") return from(context, id);
  throw badUserInput(
    `A representation must have "__typename" (${Object.keys(LOADERS).join(" or ")}) and "id" (a string); it was ${describeReceived(representation)}.`,
  );
}
