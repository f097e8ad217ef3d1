import { randomUUID } from "node:crypto";
import { DeleteCredentialDocument, GetCredentialsDocument } from "../generated/operations.js";
import { createIdentities, createIdentity, deleteIdentities, patchIdentity, readIdentity, UNKNOWN_ID } from "../support/kratos-api.js";
import { describeSampleSchemas, featuresOf, startKratos } from "../support/kratos-under-test.js";
import { codeOf, dataOf, useFacade } from "../support/use-facade.js";

const { facade, kratos, cleanups } = useFacade(startKratos);
const created: string[] = [];
let has: Awaited<ReturnType<typeof featuresOf>>;

beforeAll(async () => {
  has = await featuresOf(kratos);
  cleanups.defer(() => deleteIdentities(kratos, created));
});

const TIME = expect.stringMatching(/^20\d\d-/);
const HASH = "$2a$04$zRZsYmJ0gHmJ3hPEeEWh8uHlHTDhpQ1hrWBeO2C0WlJ5G1fNYvPxG";
const PASSWORD = { password: { config: { hashed_password: HASH } } };
const providers = (...accounts: string[]) => ({
  oidc: { config: { providers: accounts.map((account) => ({ provider: account.slice(0, account.indexOf(":")), subject: account.slice(account.indexOf(":") + 1) })) } },
});
const newAccount = (provider: string) => `${provider}:Sub:${randomUUID()}`;

/** Creates an identity that can log in with these credentials, as far as this Kratos imports them. */
async function create(credentials: object = {}): Promise<{ id: string; email: string }> {
  const email = `${randomUUID()}@credentials.example.com`;
  const { id } = await createIdentity(kratos, { schema_id: "default", traits: { email }, ...(has.credentials && { credentials }) });
  created.push(id);
  return { id, email };
}

/** The credentials by type. */
async function get(id: string) {
  const reply = await facade.ask(GetCredentialsDocument, { id });
  return Object.fromEntries(dataOf(reply).identity!.credentials!.map(({ type, ...credential }) => [type, credential]));
}

async function remove(input: { identityId: string; type: string; identifier?: string }) {
  return dataOf(await facade.ask(DeleteCredentialDocument, { input })).deleteIdentityCredential!;
}

/** Undefined if this Kratos deletes credentials of the type. Otherwise the payload says since when. */
function tooOld(feature: "deleteCredential" | "deleteOidcCredential" | "deleteAnyCredential") {
  if (has[feature]) return undefined;
  const part = { message: expect.stringMatching(/^Deleting credentials of the type `\w+` requires Kratos v/), path: ["input", "type"] };
  const whole = { message: expect.stringMatching(/^deleteIdentityCredentials requires Kratos v/), path: null };
  return { identity: null, userErrors: [{ code: "UNSUPPORTED", ...(has.deleteCredential ? part : whole) }] };
}

describe("the credentials of an identity", () => {
  it("are unsupported before v0.7, and nothing else of the identity is missing then", async () => {
    const { id } = await create();
    const reply = await facade.ask(GetCredentialsDocument, { id });
    if (has.credentials) return expect(dataOf(reply).identity!.credentials).toEqual(expect.any(Array));
    expect(codeOf(reply)).toBe("UNSUPPORTED_BY_KRATOS");
    expect(reply.errors![0]!.extensions!["since"]).toBe("v0.7.0-alpha.1");
    expect(reply.data).toEqual({ identity: { id, credentials: null } });
  });

  it("are a password with its identifier, and accounts at providers, whose subjects keep their case and their colons", async () => {
    if (!has.credentials) return;
    const accounts = [newAccount("github"), newAccount("google")];
    const { id, email } = await create({ ...PASSWORD, ...providers(...accounts) });
    expect(await get(id)).toEqual({
      password: { configured: has.includeCredential ? true : null, identifiers: [email], providers: [], version: 0, createdAt: TIME, updatedAt: TIME },
      oidc: {
        configured: true,
        identifiers: accounts,
        providers: accounts.map((account) => ({ provider: account.slice(0, 6), subject: account.slice(7) })),
        version: 0,
        createdAt: TIME,
        updatedAt: TIME,
      },
    });
  });

  it("have no password if there is none, although Kratos lists it as it does one that is set up", async () => {
    if (!has.credentials) return;
    const [none, some] = [await create(), await create(PASSWORD)];
    const [{ password: wireNone }, { password: wireSome }] = [(await readIdentity(kratos, none.id)).credentials, (await readIdentity(kratos, some.id)).credentials];
    const toShape = (credential: object) => ({ ...credential, identifiers: 1, created_at: 1, updated_at: 1 });
    expect(toShape(wireNone)).toEqual(toShape(wireSome));
    if (has.includeCredential) expect(await get(none.id)).toEqual({});
    else expect(await get(none.id)).toMatchObject({ password: { configured: null } });
    expect(await get(some.id)).toMatchObject({ password: { configured: has.includeCredential ? true : null } });
    if (!has.identifierFilter) return;
    const found = dataOf(await facade.send(`query ($identifier: String!) { identityByIdentifier(identifier: $identifier) { credentials { type } } }`, { identifier: none.email }));
    if (has.includeCredential) expect(found["identityByIdentifier"]).toEqual({ credentials: [] });
  });

  it("are the same in a list, among references, and by themselves", async () => {
    const ids = [(await create(providers(newAccount("github")))).id, (await create(PASSWORD)).id];
    const { data, errors } = await facade.send(
      `query ($of: [_Any!]!, $a: ID!, $b: ID!) {
        _entities(representations: $of) { ... on Identity { ...C } }
        a: identity(id: $a) { ...C }
        b: identity(id: $b) { ...C }
      }
      fragment C on Identity { id credentials { type identifiers providers { provider subject } version createdAt updatedAt } }`,
      { of: ids.map((id) => ({ __typename: "Identity", id })), a: ids[0], b: ids[1] },
    );
    if (!has.credentials) return expect(errors!.map(({ extensions }) => extensions!["code"])).toEqual(Array(4).fill("UNSUPPORTED_BY_KRATOS"));
    expect(errors).toBeUndefined();
    expect(data!["_entities"]).toEqual([data!["a"], data!["b"]]);
    const listed = new Map<string, object>();
    for (let after: string | null = null, more = true; more; ) {
      const { identities }: any = dataOf(
        await facade.send(
          `query ($after: String) { identities(first: 250, after: $after) { edges { node { id credentials { type identifiers providers { provider subject } version createdAt updatedAt } } } pageInfo { endCursor hasNextPage } } }`,
          { after },
        ),
      );
      for (const { node } of identities.edges) listed.set(node.id, node);
      ({ endCursor: after, hasNextPage: more } = identities.pageInfo);
    }
    expect(ids.map((id) => listed.get(id))).toEqual([data!["a"], data!["b"]]);
  });

  it("are found by the external ID of the identity", async () => {
    if (!has.externalId) return;
    const { id, email } = await create(PASSWORD);
    await patchIdentity(kratos, id, [{ op: "add", path: "/external_id", value: id }]);
    const { identityByExternalId } = dataOf(await facade.send("query ($id: ID!) { identityByExternalId(externalId: $id) { credentials { type identifiers } } }", { id }));
    expect(identityByExternalId).toEqual({ credentials: [{ type: "password", identifiers: [email] }] });
  });

  it("have their dates in the response to a creation, in which Kratos has none", async () => {
    if (!has.credentialsImport) return;
    const email = `${randomUUID()}@credentials.example.com`;
    const { createIdentity } = dataOf(
      await facade.send(
        `mutation ($input: CreateIdentityInput!) { createIdentity(input: $input) { identity { id credentials { type createdAt } } userErrors { message } } }`,
        { input: { schemaId: "default", traits: { email }, credentials: { oidc: [{ provider: "google", subject: randomUUID() }] } } },
      ),
    );
    created.push(createIdentity.identity.id);
    expect(createIdentity).toEqual({ identity: { id: expect.anything(), credentials: expect.arrayContaining([{ type: "oidc", createdAt: TIME }]) }, userErrors: [] });
  });
});

describeSampleSchemas("an identity without credentials", () => {
  it("has an empty list of them", async () => {
    if (!has.credentials) return;
    const [id] = (await createIdentities(kratos, "device", [{ serial: `CRED-${Date.now()}` }])) as [string];
    created.push(id);
    expect(await get(id)).toEqual({});
  });
});

describe("deleting a credential", () => {
  it("takes one account at a provider away, and the response has what remains", async () => {
    const [github, google] = [newAccount("github"), newAccount("google")];
    const { id } = await create({ ...PASSWORD, ...providers(github, google) });
    const { identity, userErrors } = await remove({ identityId: id, type: "oidc", identifier: github });
    if (tooOld("deleteOidcCredential")) return expect({ identity, userErrors }).toEqual(tooOld("deleteOidcCredential"));
    expect(userErrors).toEqual([]);
    expect(identity!.credentials!.find(({ type }) => type === "oidc")).toMatchObject({ identifiers: [google] });
    const again = await remove({ identityId: id, type: "oidc", identifier: github });
    expect(again).toEqual({
      identity: null,
      userErrors: [{ code: "NOT_FOUND", message: "The identity has no credential with this identifier.", path: ["input", "identifier"] }],
    });
  });

  it("takes a second factor away", async () => {
    const { id } = await create(PASSWORD);
    const planted = await patchIdentity(kratos, id, [
      { op: "add", path: "/credentials/totp", value: { type: "totp", identifiers: [id], config: { totp_url: "otpauth://totp/a?secret=planted-totp-secret" } } },
    ]);
    const outcome = await remove({ identityId: id.toUpperCase(), type: "totp" });
    if (tooOld("deleteCredential")) return expect(outcome).toEqual(tooOld("deleteCredential"));
    expect(planted.status).toBe(200);
    expect(outcome.userErrors).toEqual([]);
    expect(outcome.identity!.credentials!.map(({ type }) => type)).toEqual(["password"]);
    expect((await remove({ identityId: id, type: "totp" })).userErrors).toEqual([
      { code: "NOT_FOUND", message: "The identity has no credential with this type.", path: ["input", "type"] },
    ]);
  });

  it("takes a password away, which Kratos continues to list without its hash, if another first factor remains", async () => {
    const { id } = await create({ ...PASSWORD, ...providers(newAccount("google")) });
    const { identity, userErrors } = await remove({ identityId: id, type: "password" });
    if (tooOld("deleteAnyCredential")) return expect({ identity, userErrors }).toEqual(tooOld("deleteAnyCredential"));
    expect(userErrors).toEqual([]);
    expect(identity!.credentials!.map(({ type }) => type)).toEqual(["oidc"]);
  });

  it("is refused for the last first factor, with a user error that says so", async () => {
    const { id } = await create(PASSWORD);
    expect(await remove({ identityId: id, type: "password" })).toEqual(
      tooOld("deleteAnyCredential") ?? {
        identity: null,
        userErrors: [{ code: "INVALID", message: expect.stringContaining("last first factor"), path: ["input", "type"] }],
      },
    );
  });

  it.each([
    ["oidc", undefined, "identifier", "deleteOidcCredential"],
    ["oidc", "", "identifier", "deleteOidcCredential"],
    ["saml", undefined, "identifier", "deleteAnyCredential"],
    ["totp", "google:1", "identifier", "deleteCredential"],
    ["password", "google:1", "identifier", "deleteAnyCredential"],
    ["../../x", undefined, "type", "deleteCredential"],
    ["", undefined, "type", "deleteCredential"],
  ] as const)("of the type %j with the identifier %j is a user error before anything is sent", async (type, identifier, property, feature) => {
    const outcome = await remove({ identityId: UNKNOWN_ID, type, ...(identifier !== undefined && { identifier }) });
    expect(outcome).toEqual(tooOld(feature) ?? { identity: null, userErrors: [{ code: "INVALID", message: expect.any(String), path: ["input", property] }] });
  });

  it.each([UNKNOWN_ID, "abc", ""])("of the unknown identity %j is a user error", async (identityId) => {
    expect(await remove({ identityId, type: "totp" })).toEqual(
      tooOld("deleteCredential") ?? { identity: null, userErrors: [{ code: "NOT_FOUND", message: "No identity has this ID.", path: ["input", "identityId"] }] },
    );
  });

  it("of a type that the identity does not have is a user error", async () => {
    const { id } = await create(PASSWORD);
    for (const type of ["totp", "passkey", "nonsense"]) {
      expect(await remove({ identityId: id, type })).toEqual(
        tooOld("deleteCredential") ?? { identity: null, userErrors: [{ code: "NOT_FOUND", message: expect.any(String), path: ["input", "type"] }] },
      );
    }
  });
});
