import { GraphQLSchema, isSpecifiedDirective, lexicographicSortSchema, parse, print, printSchema, visit, type DocumentNode } from "graphql";
import { buildSchemaSync } from "type-graphql";
import { authChecker } from "./authorization.js";
import { checkArgument } from "./errors.js";
import { toSubgraphSchema } from "./federation.js";
import { FlowResolver } from "./flow/flow.resolver.js";
import { CreateIdentityResolver } from "./identity/create-identity.js";
import { IdentityEdgeResolver } from "./identity/identity-connection.js";
import { IdentityMutationResolver } from "./identity/identity.mutations.js";
import { IdentityResolver } from "./identity/identity.resolver.js";
import { RecoveryResolver } from "./recovery.js";
import { SelfServiceErrorResolver } from "./self-service-error.js";
import { SystemResolver } from "./system.js";

/** Marks the schema as a subgraph. It is a definition, because Relay's compiler cannot read an extension of the schema. */
const FEDERATION = parse(`
  schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"]) { query: Query mutation: Mutation }
`).definitions;

export interface FacadeSchema {
  /** The executable schema, including federation's `_service` and `_entities`. */
  readonly schema: GraphQLSchema;
  /** The SDL of the subgraph for a schema registry, with descriptions and directives. Sorted, so that it is always the same. */
  readonly sdl: string;
  /** The SDL of the API for clients and code generators, without federation. Sorted, too. */
  readonly apiSdl: string;
}

/**
 * Builds the schema as a Federation 2 subgraph.
 * @param options.publicSdl true if callers need no scope to read the SDL
 */
export function buildFacadeSchema({ publicSdl = false }: { readonly publicSdl?: boolean } = {}): FacadeSchema {
  const graph = buildSchemaSync({
    resolvers: [
      CreateIdentityResolver,
      FlowResolver,
      IdentityEdgeResolver,
      IdentityMutationResolver,
      IdentityResolver,
      RecoveryResolver,
      SelfServiceErrorResolver,
      SystemResolver,
    ],
    authChecker,
    validateFn: checkArgument,
  });
  graph.getQueryType()!.description = "The query root.";
  graph.getMutationType()!.description = "The mutation root. Errors that callers can act on, e.g. invalid input, are returned as `userErrors`.";
  const sorted = lexicographicSortSchema(graph);
  const sdl = `${print(toSubgraph(sorted))}\n`;
  return {
    schema: toSubgraphSchema(sorted, sdl, publicSdl),
    sdl,
    get apiSdl() {
      return printApi(sorted);
    },
  };
}

/** Adds what graphql-js does not print: the directives of types, and where the definitions of these directives are imported from. */
function toSubgraph(schema: GraphQLSchema): DocumentNode {
  return visit(parse(printSchema(schema)), {
    Document: (document) => ({ ...document, definitions: [...FEDERATION, ...document.definitions] }),
    ObjectTypeDefinition: (type) => ({ ...type, directives: schema.getType(type.name.value)?.astNode?.directives }),
    // Imported instead.
    DirectiveDefinition: () => null,
  });
}

function printApi(graph: GraphQLSchema): string {
  const config = graph.toConfig();
  return `${printSchema(new GraphQLSchema({ ...config, directives: config.directives.filter(isSpecifiedDirective) }))}\n`;
}
