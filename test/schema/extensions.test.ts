import { Extensions } from "type-graphql";
import { CreateIdentityResolver } from "../../src/graphql/identity/create-identity.js";
import { Identity } from "../../src/graphql/identity/identity.type.js";
import { IdentityResolver } from "../../src/graphql/identity/identity.resolver.js";
import { buildFacadeSchema } from "../../src/graphql/schema.js";

/* A schema that is rebuilt from printed SDL loses the extensions of its fields, and with them their costs and scopes. */

Extensions({ ridesOn: "a type" })(Identity);
Extensions({ ridesOn: "a plain field" })(Identity.prototype, "traits");
Extensions({ ridesOn: "a resolved field" })(IdentityResolver.prototype, "schema");
Extensions({ ridesOn: "a query" })(IdentityResolver.prototype, "identities");
Extensions({ ridesOn: "a mutation" })(CreateIdentityResolver.prototype, "createIdentity");

const { schema } = buildFacadeSchema();
const { Query, Mutation, Identity: served } = schema.getTypeMap() as Record<string, ReturnType<typeof schema.getQueryType>>;

it.each([
  ["a type", served],
  ["a plain field", served!.getFields()["traits"]],
  ["a resolved field", served!.getFields()["schema"]],
  ["a query", Query!.getFields()["identities"]],
  ["a mutation", Mutation!.getFields()["createIdentity"]],
])("keeps an extension of %s in the served schema", (name, where) => {
  expect(where!.extensions).toMatchObject({ ridesOn: name });
});
