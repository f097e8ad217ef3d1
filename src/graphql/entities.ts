import type { GraphQLFieldResolver, GraphQLSchema, GraphQLUnionType } from "graphql";
import type { FacadeContext } from "./context.js";
import { badUserInput } from "./errors/bad-user-input.js";
import { Identity } from "./identity/identity.type.js";

type Loaders = Pick<FacadeContext, "identities" | "identitySchemas">;

/** The loader of each type that a router may refer to. */
const LOADERS: Readonly<Record<string, (loaders: Loaders, id: string) => Promise<object | null>>> = {
  Identity: ({ identities }, id) => identities.load(id),
  IdentitySchema: ({ identitySchemas }, id) => identitySchemas.load(id),
};

/**
 * Has `_entities` answer through the request's loaders, each representation by itself: the one that @apollo/subgraph
 * brings fails all of them for one that is malformed, and as a fault of the server.
 */
export function resolveEntities(schema: GraphQLSchema): void {
  const resolve: GraphQLFieldResolver<unknown, FacadeContext, { representations: unknown[] }> = (_, { representations }, context) =>
    representations.map(async (representation) => load(representation, context));
  schema.getQueryType()!.getFields()["_entities"]!.resolve = resolve;
  (schema.getType("_Entity") as GraphQLUnionType).resolveType = (value) => (value instanceof Identity ? "Identity" : "IdentitySchema");
}

async function load(representation: unknown, context: Loaders): Promise<object | null> {
  const { __typename: type, id } = (representation ?? {}) as { __typename?: unknown; id?: unknown };
  const from = typeof type === "string" && Object.hasOwn(LOADERS, type) ? LOADERS[type] : undefined;
  if (from && typeof id === "string") return from(context, id);
  throw badUserInput(
    `A representation must have "__typename" (${Object.keys(LOADERS).join(" or ")}) and "id" (a string); it was ${JSON.stringify(representation)}.`,
  );
}
