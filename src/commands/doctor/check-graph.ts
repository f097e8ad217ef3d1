import { graphql, type GraphQLSchema } from "graphql";
import { createContext } from "../../graphql/context.js";
import { buildFacadeSchema } from "../../graphql/schema.js";
import type { Kratos } from "../../kratos/index.js";
import { fault, note, ok, type Finding } from "./finding.js";

/** An id that no identity and no flow has. */
const NOBODY = "00000000-0000-4000-8000-000000000000";

/** For each field of Query a question that changes nothing. */
const QUESTIONS: Readonly<Record<string, string>> = {
  version: "version",
  health: "health { ready }",
  metrics: "metrics",
  identities: "identities(first: 1) { edges { node { id } } }",
  identity: `identity(id: "${NOBODY}") { id }`,
  identitySchema: 'identitySchema(id: "default") { id }',
  loginFlow: `loginFlow(id: "${NOBODY}") { id }`,
  registrationFlow: `registrationFlow(id: "${NOBODY}") { id }`,
  recoveryFlow: `recoveryFlow(id: "${NOBODY}") { id }`,
  verificationFlow: `verificationFlow(id: "${NOBODY}") { id }`,
  settingsFlow: `settingsFlow(id: "${NOBODY}") { id }`,
  selfServiceError: 'selfServiceError(id: "stub:500") { id }',
  _entities: `_entities(representations: [{ __typename: "Identity", id: "${NOBODY}" }]) { __typename }`,
  _service: "_service { sdl }",
};

/** What of the graph works with this Kratos: every field of Query is asked for; mutations are not. */
export async function checkGraph(kratos: Kratos): Promise<Finding[]> {
  const { schema } = buildFacadeSchema();
  const findings = await Promise.all(Object.keys(schema.getQueryType()!.getFields()).map((field) => ask(schema, field, kratos)));
  return [...findings, note("Mutations", "not tried, as they change something")];
}

async function ask(schema: GraphQLSchema, field: string, kratos: Kratos): Promise<Finding> {
  const check = `Query.${field}`;
  const { data, errors } = await graphql({ schema, source: `{ ${QUESTIONS[field]} }`, contextValue: createContext({ kratos }) });
  const [error] = errors ?? [];
  if (!error) return ok(check, data?.[field] === null ? "works (there is none of what was asked for)" : "works");
  // Newer releases tell only a flow's own user whether there is one; what is switched off is Kratos' configuration.
  if (error.originalError?.name === "KratosForbiddenError") return ok(check, "works (for the user whose flow it is)");
  if (error.originalError?.name === "KratosDisabledError") return note(check, error.message);
  return fault(check, error.message);
}
