import { graphql, type GraphQLSchema } from "graphql";
import { createContext } from "../../graphql/context.js";
import { buildFacadeSchema } from "../../graphql/schema.js";
import { hasTrait } from "../../graphql/traits-mask.js";
import { KratosDisabledError, KratosForbiddenError, KratosUnsupportedError, type Kratos } from "../../kratos/index.js";
import { fail, note, ok, type Finding } from "./finding.js";

/** An ID that no identity and no flow has. */
const UNKNOWN_ID = "00000000-0000-4000-8000-000000000000";

/** A selection for each field of Query. None of them changes anything. */
const SELECTIONS: Readonly<Record<string, string>> = {
  version: "version",
  health: "health { ready }",
  metrics: "metrics",
  identities: "identities(first: 1) { edges { node { id } } }",
  identity: `identity(id: "${UNKNOWN_ID}") { id }`,
  identityByIdentifier: 'identityByIdentifier(identifier: "nobody@example.invalid") { id }',
  identityByExternalId: `identityByExternalId(externalId: "${UNKNOWN_ID}") { id }`,
  identitySchema: 'identitySchema(id: "default") { id }',
  identitySchemas: "identitySchemas { edges { node { id } } }",
  loginFlow: `loginFlow(id: "${UNKNOWN_ID}") { id }`,
  registrationFlow: `registrationFlow(id: "${UNKNOWN_ID}") { id }`,
  recoveryFlow: `recoveryFlow(id: "${UNKNOWN_ID}") { id }`,
  verificationFlow: `verificationFlow(id: "${UNKNOWN_ID}") { id }`,
  settingsFlow: `settingsFlow(id: "${UNKNOWN_ID}") { id }`,
  courierMessage: `courierMessage(id: "${UNKNOWN_ID}") { id }`,
  courierMessages: "courierMessages(first: 1) { edges { node { id } } }",
  session: `session(id: "${UNKNOWN_ID}") { id }`,
  sessions: "sessions(first: 1) { edges { node { id devices { id } identity { id } } } }",
  viewer: "viewer { identity { id } }",
  selfServiceError: 'selfServiceError(id: "stub:500") { id }',
  _entities: `_entities(representations: [{ __typename: "Identity", id: "${UNKNOWN_ID}" }]) { __typename }`,
  _service: "_service { sdl }",
};

const USED_SCHEMAS = '{ identitySchema(id: "default") { schema } identities(first: 250) { edges { node { schema { schema } } } } }';

interface UsedSchemas {
  readonly identitySchema?: { readonly schema: object } | null;
  readonly identities?: { readonly edges: readonly { readonly node: { readonly schema: { readonly schema: object } | null } | null }[] } | null;
}

/** Compares the paths in TRAITS_MASK with the identity schemas in use. Not every version of Kratos lists all schemas. */
export async function checkTraitsMask(kratos: Kratos, paths: readonly string[]): Promise<Finding[]> {
  if (paths.length === 0) return [];
  const { schema } = buildFacadeSchema();
  const { data } = await graphql({ schema, source: USED_SCHEMAS, contextValue: createContext({ kratos }) });
  const { identitySchema, identities } = (data ?? {}) as UsedSchemas;
  const schemas = [identitySchema, ...(identities?.edges ?? []).map(({ node }) => node?.schema)].flatMap((used) => used?.schema ?? []);
  if (schemas.length === 0) return [note("TRAITS_MASK", "not compared with the identity schemas, because none could be loaded")];
  return paths.map((path) => {
    const check = `TRAITS_MASK ${path}`;
    if (schemas.some((used) => hasTrait(used, path))) return ok(check, "hides a trait of an identity schema");
    return fail(check, "hides nothing: no identity schema in use has this trait. Names of traits are case-sensitive, and the path begins below `traits`, e.g. name.last");
  });
}

/** Checks every field of Query against this Kratos. Mutations are not run. */
export async function checkGraph(kratos: Kratos): Promise<Finding[]> {
  const { schema } = buildFacadeSchema();
  const fields = Object.keys(schema.getQueryType()!.getFields());
  const findings = await Promise.all(fields.map((field) => checkField(schema, field, kratos)));
  return [...findings, note("Mutations", "not checked, because they change data")];
}

async function checkField(schema: GraphQLSchema, field: string, kratos: Kratos): Promise<Finding> {
  const check = `Query.${field}`;
  const { data, errors } = await graphql({ schema, source: `{ ${SELECTIONS[field]} }`, contextValue: createContext({ kratos }) });
  const [error] = errors ?? [];
  if (!error) return ok(check, data?.[field] === null ? "works (null: the object does not exist)" : "works");
  // Kratos v0.7 and later reveal whether a settings flow exists only to its user. Flows can be disabled in the
  // configuration of Kratos, and older versions do not have all features.
  if (error.originalError instanceof KratosForbiddenError) return ok(check, "works (only for the user of the flow)");
  if (error.originalError instanceof KratosDisabledError || error.originalError instanceof KratosUnsupportedError) return note(check, error.message);
  return fail(check, error.message);
}
