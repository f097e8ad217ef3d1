import { readFileSync } from "node:fs";
import {
  buildSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedDirective,
  isSpecifiedScalarType,
  isTypeDefinitionNode,
  parse,
  type GraphQLSchema,
} from "graphql";
import { buildFacadeSchema } from "../../src/graphql/schema.js";
import { stopAfterTest } from "../support/lifecycle.js";
import { startScriptedKratos } from "../support/scripted-kratos.js";
import { startFacade } from "../support/use-facade.js";

const { schema, sdl, apiSdl } = buildFacadeSchema();

/** Every name in the schema that developers see, with its description. */
function* described(of: GraphQLSchema): Generator<[name: string, description: string | null | undefined]> {
  for (const type of Object.values(of.getTypeMap())) {
    if (isIntrospectionType(type) || isSpecifiedScalarType(type) || type.name.startsWith("_") || type.name.includes("__")) continue;
    yield [type.name, type.description];
    if (isEnumType(type)) for (const value of type.getValues()) yield [`${type.name}.${value.name}`, value.description];
    if (isObjectType(type) || isInterfaceType(type) || isInputObjectType(type)) {
      for (const field of Object.values(type.getFields())) {
        if (field.name.startsWith("_")) continue;
        yield [`${type.name}.${field.name}`, field.description];
        if ("args" in field) for (const arg of field.args) yield [`${type.name}.${field.name}(${arg.name}:)`, arg.description];
      }
    }
  }
}

it("describes every type, field, argument and enum value", () => {
  const all = [...described(schema)];
  expect(all.length).toBeGreaterThan(150);
  expect(all.filter(([, description]) => (description ?? "").length < 8)).toEqual([]);
});

it("equals schema.graphql and schema.api.graphql (npm run schema:write writes them)", () => {
  expect(readFileSync("schema.graphql", "utf8")).toBe(sdl);
  expect(readFileSync("schema.api.graphql", "utf8")).toBe(apiSdl);
});

it("can be read from schema.api.graphql by any tool, because it needs no definitions of federation", () => {
  const api = buildSchema(readFileSync("schema.api.graphql", "utf8"));
  expect([...described(api)]).toEqual([...described(schema)]);
  expect(Object.keys(api.getTypeMap()).filter((name) => /^_[^_]/.test(name))).toEqual([]);
  expect(Object.keys(api.getQueryType()!.getFields())).toEqual(Object.keys(schema.getQueryType()!.getFields()).filter((name) => !name.startsWith("_")));
  expect(api.getDirectives().filter((directive) => !isSpecifiedDirective(directive))).toEqual([]);
});

it("prints the same sorted SDL each time", () => {
  expect(buildFacadeSchema().sdl).toBe(sdl);
  const names = parse(sdl).definitions.flatMap((definition) => (isTypeDefinitionNode(definition) ? [definition.name.value] : []));
  expect(names).toEqual([...names].sort());
});

it("serves the same SDL to a router", async () => {
  const kratos = await stopAfterTest(startScriptedKratos("v26.2.0"));
  const facade = await startFacade(kratos);
  const { data } = await facade.send("{ _service { sdl } }");
  expect(data!["_service"].sdl).toBe(sdl);
});

it("keeps the names and nullability of the contract", () => {
  const fields = (name: string) => Object.values((schema.getType(name) as ReturnType<GraphQLSchema["getQueryType"]>)!.getFields());
  const signature = (type: string) =>
    fields(type)
      .filter(({ name }) => !name.startsWith("_"))
      .map(({ name, args, type: result }) => `${name}${args.length ? `(${args.map((arg) => `${arg.name}: ${arg.type}`).join(", ")})` : ""}: ${result}`)
      .sort();
  expect(signature("Query")).toEqual([
    "courierMessage(id: ID!): CourierMessage",
    "courierMessages(after: String, first: Int, recipient: String, status: CourierMessageStatus): CourierMessageConnection",
    "health: Health",
    "identities(after: String, filter: IdentityFilter, first: Int): IdentityConnection",
    "identity(id: ID!): Identity",
    "identityByExternalId(externalId: ID!): Identity",
    "identityByIdentifier(identifier: String!): Identity",
    "identitySchema(id: ID!): IdentitySchema",
    "identitySchemas(after: String, first: Int): IdentitySchemaConnection",
    "loginFlow(id: ID!): LoginFlow",
    "metrics: String",
    "recoveryFlow(id: ID!): RecoveryFlow",
    "registrationFlow(id: ID!): RegistrationFlow",
    "selfServiceError(id: ID!): SelfServiceError",
    "session(id: ID!): Session",
    "sessions(active: Boolean, after: String, first: Int): SessionConnection",
    "settingsFlow(id: ID!, sessionToken: String): SettingsFlow",
    "verificationFlow(id: ID!): VerificationFlow",
    "version: String",
    "viewer: Viewer",
  ]);
  expect(signature("Mutation")).toEqual([
    "createIdentity(input: CreateIdentityInput!): CreateIdentityPayload",
    "createRecoveryCode(input: CreateRecoveryCodeInput!): CreateRecoveryCodePayload",
    "createRecoveryLink(input: CreateRecoveryLinkInput!): CreateRecoveryLinkPayload",
    "deleteIdentity(input: DeleteIdentityInput!): DeleteIdentityPayload",
    "deleteIdentityCredential(input: DeleteIdentityCredentialInput!): DeleteIdentityCredentialPayload",
    "extendSession(input: ExtendSessionInput!): ExtendSessionPayload",
    "importIdentities(input: ImportIdentitiesInput!): ImportIdentitiesPayload",
    "patchIdentity(input: PatchIdentityInput!): PatchIdentityPayload",
    "revokeIdentitySessions(input: RevokeIdentitySessionsInput!): RevokeIdentitySessionsPayload",
    "revokeOtherSessions: RevokeOtherSessionsPayload",
    "revokeSession(input: RevokeSessionInput!): RevokeSessionPayload",
    "updateIdentity(input: UpdateIdentityInput!): UpdateIdentityPayload",
    "updateViewerTraits(input: UpdateViewerTraitsInput!): UpdateViewerTraitsPayload",
    "verifyAddress(input: VerifyAddressInput!): VerifyAddressPayload",
  ]);
  expect(signature("Identity")).toEqual([
    "createdAt: DateTime",
    "credentials: [IdentityCredential!]",
    "externalId: ID",
    "id: ID!",
    "lastSignedInAt: DateTime",
    "metadataAdmin: JSON",
    "metadataPublic: JSON",
    "organizationId: ID",
    "recoveryAddresses: [RecoveryAddress!]!",
    "schema: IdentitySchema",
    "schemaId: String!",
    "schemaUrl: String!",
    "sessions(active: Boolean, after: String, first: Int): SessionConnection",
    "state: IdentityState",
    "stateChangedAt: DateTime",
    "traits: JSONObject!",
    "updatedAt: DateTime",
    "verifiableAddresses: [VerifiableAddress!]!",
  ]);
  expect(signature("UserError")).toEqual(["code: UserErrorCode!", "message: String!", "path: [String!]"]);
});
