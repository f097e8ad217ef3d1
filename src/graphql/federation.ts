import { extendSchema, type GraphQLFieldResolver, type GraphQLResolveInfo, type GraphQLObjectType, type GraphQLSchema, type GraphQLUnionType, parse } from "graphql";
import { requireScope } from "./authorization.js";
import { entitiesCost } from "./complexity.js";
import type { FacadeContext } from "./context.js";
import { badUserInput, checkArgument, describeReceived } from "./errors.js";
import { selectsField } from "./selection.js";
import { Identity } from "./identity/identity.type.js";
import type { Scope } from "./scopes.js";
import { getSessionDetails } from "./session/session.resolver.js";
import { Session } from "./session/session.type.js";
import type { Viewer } from "./viewer/viewer.type.js";

/** Per request. A router asks for those of a whole page at once, and a page has at most 250 items. */
const MAX_REPRESENTATIONS = 1000;

type EntityContext = Pick<FacadeContext, "caller" | "viewer" | "identities" | "identitiesByExternalId" | "identitySchemas" | "sessions">;

interface Entity {
  /** type-graphql's `@Authorized` does not apply to entities that are resolved from references. */
  readonly scope: Scope;
  /** Load an entity by one of its keys. If a representation has several, the first one here counts. */
  readonly keys: Readonly<Record<string, (context: EntityContext, key: string, info: GraphQLResolveInfo) => Promise<object | null>>>;
  /** What signed-in users may load without the scope, because it is theirs. */
  readonly findOwn?: (viewer: Viewer, name: string, key: string) => object | undefined;
}

const ENTITIES: Readonly<Record<string, Entity>> = {
  Identity: {
    scope: "identities:read",
    keys: {
      id: ({ identities }, id) => identities.load(id),
      externalId: ({ identitiesByExternalId }, externalId) => identitiesByExternalId.load(externalId),
    },
    findOwn: ({ identity }, name, key) => ((name === "id" ? key.toLowerCase() === identity.id : key === identity.externalId) ? identity : undefined),
  },
  IdentitySchema: { scope: "identities:read", keys: { id: ({ identitySchemas }, id) => identitySchemas.load(id) } },
  Session: { scope: "sessions:read", keys: { id: ({ sessions }, id, info) => sessions.load({ id, details: getSessionDetails(info) }) } },
};

/** The scope that resolving a reference requires, for each type of entity. */
export const ENTITY_SCOPES: ReadonlyMap<string, Scope> = new Map(Object.entries(ENTITIES).map(([name, { scope }]) => [name, scope]));

const KEYS = Object.entries(ENTITIES).map(([name, { keys }]) => `${name} by ${Object.keys(keys).map((key) => `"${key}"`).join(" or ")}`);

/**
 * See https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/reference/subgraph-spec, by which both fields
 * must not be null. All other root fields are nullable, so that an error in one of them does not make its neighbours null.
 */
const SUBGRAPH = parse(`
  "A representation of an entity: its __typename and its key."
  scalar _Any
  "The entities of this subgraph."
  union _Entity = ${Object.keys(ENTITIES).join(" | ")}
  "Information about this subgraph."
  type _Service { "The SDL of this subgraph." sdl: String }
  extend type Query {
    "Look up entities by their representations. Used by routers."
    _entities("The representations to look up, at most ${MAX_REPRESENTATIONS}." representations: [_Any!]!): [_Entity]!
    "Information about this subgraph. Used by routers."
    _service: _Service!
  }
`);

/**
 * Adds the fields that a router requires of a subgraph. A malformed representation does not fail the others.
 * @param publicSdl true if callers need no scope to read the SDL
 */
export function toSubgraphSchema(graph: GraphQLSchema, sdl: string, publicSdl: boolean): GraphQLSchema {
  const schema = extendSchema(graph, SUBGRAPH);
  const { _entities, _service } = schema.getQueryType()!.getFields();
  const resolveEntities: GraphQLFieldResolver<unknown, FacadeContext, { representations: unknown[] }> = (_, { representations }, context, info) => {
    if (representations.length > MAX_REPRESENTATIONS) {
      throw badUserInput(`"representations" must have at most ${MAX_REPRESENTATIONS} items; received ${representations.length}.`);
    }
    if (selectsField(info, "credentials")) context.include.credentials = true;
    // Errors are items of the list, because graphql-jit drops the last item if its promise is rejected.
    return Promise.all(representations.map((representation) => loadEntity(representation, context, info).catch((error: Error) => error)));
  };
  _entities!.resolve = resolveEntities;
  _entities!.extensions = { complexity: entitiesCost };
  _service!.resolve = () => ({});
  const resolveSdl: GraphQLFieldResolver<unknown, FacadeContext> = (_source, _args, { caller }) => {
    if (!publicSdl) requireScope(caller, "system:read");
    return sdl;
  };
  (schema.getType("_Service") as GraphQLObjectType).getFields()["sdl"]!.resolve = resolveSdl;
  (schema.getType("_Entity") as GraphQLUnionType).resolveType = (value) => getEntityType(value as object);
  return schema;
}

function getEntityType(value: object): string {
  if (value instanceof Session) return "Session";
  return value instanceof Identity ? "Identity" : "IdentitySchema";
}

async function loadEntity(representation: unknown, context: EntityContext, info: GraphQLResolveInfo): Promise<object | null> {
  const { __typename: type, ...fields } = (representation ?? {}) as Readonly<Record<string, unknown>>;
  const entity = typeof type === "string" && Object.hasOwn(ENTITIES, type) ? ENTITIES[type] : undefined;
  for (const [name, load] of Object.entries(entity?.keys ?? {})) {
    const key = fields[name];
    // An ID is never null, but gateways send any other key as another subgraph has it.
    if (key === null && name !== "id") return null;
    if (!entity || typeof key !== "string") continue;
    checkArgument(key);
    const own = context.viewer && entity.findOwn?.(context.viewer, name, key);
    if (own) return own;
    requireScope(context.caller, entity.scope);
    return load(context, key, info);
  }
  throw badUserInput(`A representation must have a "__typename" and one of its keys, which must be a string (${KEYS.join("; ")}); received ${describeReceived(representation)}.`);
}
