import { getDocumentNodeFromSchema } from "@graphql-tools/utils";
import { Kind, lexicographicSortSchema, parse, print, type DocumentNode, type GraphQLSchema } from "graphql";
import { buildSchemaSync } from "type-graphql";
import { authChecker } from "./authorization.js";
import { toSubgraphSchema } from "./federation.js";
import { FlowResolver } from "./flow/flow.resolver.js";
import { UiNodeInputResolver } from "./flow/redact.js";
import { IdentityEdgeResolver } from "./identity/identity-connection.js";
import { IdentityResolver } from "./identity/identity.resolver.js";
import { IdentitySchemaResolver } from "./identity-schema.js";
import { RecoveryLinkResolver } from "./recovery-link.js";
import { SelfServiceErrorResolver } from "./self-service-error.js";
import { SystemResolver } from "./system.js";

/** What makes it a subgraph: a definition of the schema and no extension of one, which Relay's compiler cannot read. */
const FEDERATION = parse(`
  schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"]) { query: Query mutation: Mutation }
`).definitions;

export interface FacadeSchema {
  /** The schema that is served: the graph with federation's `_service` and `_entities`. */
  readonly schema: GraphQLSchema;
  /** The subgraph's SDL for a schema registry: with descriptions and directives, sorted, the same each time. */
  readonly sdl: string;
}

/**
 * Builds the graph as a Federation 2 subgraph.
 * @param options.publicSdl whether every caller may see the SDL, without the scope for it
 */
export function buildFacadeSchema({ publicSdl = false }: { readonly publicSdl?: boolean } = {}): FacadeSchema {
  const graph = buildSchemaSync({
    resolvers: [
      FlowResolver,
      IdentityEdgeResolver,
      IdentityResolver,
      IdentitySchemaResolver,
      RecoveryLinkResolver,
      SelfServiceErrorResolver,
      SystemResolver,
      UiNodeInputResolver,
    ],
    authChecker,
    validate: false,
  });
  graph.getQueryType()!.description = "What can be read.";
  graph.getMutationType()!.description = "What can be changed. Faults in the input come back as `userErrors`.";
  const sorted = lexicographicSortSchema(graph);
  const typeDefs = withFederation(getDocumentNodeFromSchema(sorted));
  const sdl = `${print(typeDefs)}\n`;
  return { schema: toSubgraphSchema(sorted, sdl, publicSdl), sdl };
}

/** The printed schema says what federation's directives are; a subgraph imports them. */
function withFederation(document: DocumentNode): DocumentNode {
  const definitions = document.definitions.filter(
    ({ kind }) => kind !== Kind.SCHEMA_DEFINITION && kind !== Kind.DIRECTIVE_DEFINITION,
  );
  return { kind: Kind.DOCUMENT, definitions: [...FEDERATION, ...definitions] };
}
