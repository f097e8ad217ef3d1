import { createHash, randomUUID } from "node:crypto";
import { gte } from "semver";
import { CreateIdentityDocument, type CreateIdentityInput } from "../generated/operations.js";
import { deleteIdentities, logIn, readIdentity } from "../support/kratos-api.js";
import { startKratos } from "../support/kratos-under-test.js";
import { codeOf, dataOf, useFacade } from "../support/use-facade.js";

const { facade, kratos, cleanups } = useFacade(startKratos);
const created: string[] = [];
let version: string;

beforeAll(async () => {
  cleanups.defer(() => deleteIdentities(kratos, created));
  ({ version } = dataOf(await facade.send("{ version }")) as { version: string });
});

type Fields = Omit<CreateIdentityInput, "schemaId" | "traits">;

const newEmail = () => `${randomUUID()}@contract.example.com`;

async function create(email: string, fields: Fields = {}) {
  const { createIdentity } = dataOf(await facade.ask(CreateIdentityDocument, { input: { schemaId: "default", traits: { email }, ...fields } }));
  if (createIdentity?.identity) created.push(createIdentity.identity.id);
  return createIdentity!;
}

/** Creates an identity, or expects that the version refuses to, and creates none. @returns undefined if it does */
async function createSince(since: string, email: string, fields: Fields) {
  const payload = await create(email, fields);
  if (gte(version, since)) {
    expect(payload.userErrors).toEqual([]);
    return payload.identity!;
  }
  const [field] = Object.keys(fields) as [string];
  const isHash = since !== "v0.9.0-alpha.1" && field === "credentials";
  const message = `${isHash ? "A hash in this format" : `\`${field}\``} requires Kratos ${since} or later. The connected Kratos is ${version}.`;
  const path = ["input", field, ...(isHash ? ["password", "hashedPassword"] : [])];
  expect(payload).toEqual({ identity: null, userErrors: [{ code: "UNSUPPORTED", message, path }] });
  expect((await create(email)).userErrors).toEqual([]);
  return undefined;
}

const EXTERNAL_ID = 'Expected an external ID of 1 to 64 characters, and not "." or "..".';

async function issuesOf(fields: Fields, email = newEmail()) {
  const { identity, userErrors } = await create(email, fields);
  expect(identity).toBeNull();
  return userErrors.map(({ code, path, message }) => [code, path?.join("."), message]);
}

const link = (subject: string) => ({ provider: "google", subject });

describe("a new identity", () => {
  it("has the state of the input", async () => {
    const identity = await createSince("v0.7.0-alpha.1", newEmail(), { state: "INACTIVE" });
    if (identity) expect(identity.state).toBe("INACTIVE");
  });

  it("has the public and admin metadata of the input, of any type of JSON", async () => {
    const identity = await createSince("v0.10.0", newEmail(), { metadataPublic: { plan: "gold" }, metadataAdmin: ["vip", 1, null] });
    if (identity) expect(identity).toMatchObject({ metadataPublic: { plan: "gold" }, metadataAdmin: ["vip", 1, null] });
  });

  it("has the external ID of the input, with any characters", async () => {
    const externalId = `crm/${randomUUID()}?ä#`;
    const identity = await createSince("v25.4.0", newEmail(), { externalId });
    if (identity) expect((await readIdentity(kratos, identity.id)).external_id).toBe(externalId);
  });

  it("has addresses that are verified already, whose case may differ from the trait's", async () => {
    const email = newEmail();
    const identity = await createSince("v0.9.0-alpha.1", email.toUpperCase(), {
      verifiableAddresses: [{ value: ` ${email}`, verified: true }],
      recoveryAddresses: [{ value: email }],
    });
    if (identity) expect(identity).toMatchObject({ verifiableAddresses: [{ value: email, verified: true, status: "completed" }], recoveryAddresses: [{ value: email }] });
  });

  it("is not verified if the input does not say so", async () => {
    const email = newEmail();
    const identity = await createSince("v0.9.0-alpha.1", email, { verifiableAddresses: [{ value: email, verified: false }] });
    if (identity) expect(identity.verifiableAddresses).toMatchObject([{ value: email, verified: false, status: "pending" }]);
  });

  it.each([
    ["in clear text", (password: string) => ({ password }), "v0.9.0-alpha.1"],
    ["as a hash", (password: string) => ({ hashedPassword: `$md5$${createHash("md5").update(password).digest("base64")}` }), "v0.11.0"],
  ])("can log in with its imported password %s, which no policy checks", async (_, toInput, since) => {
    const [email, password] = [newEmail(), "abc"];
    const identity = await createSince(gte(version, "v0.9.0-alpha.1") ? since : "v0.9.0-alpha.1", email, { credentials: { password: toInput(password) } });
    if (identity) expect([await logIn(kratos, email, password), await logIn(kratos, email, "abcd")]).toEqual([200, 400]);
  });

  it("has its accounts at OpenID Connect providers, which nobody else can have", async () => {
    const oidc = [link(randomUUID()), link(randomUUID())];
    const identity = await createSince("v0.9.0-alpha.1", newEmail(), { credentials: { oidc } });
    if (identity) expect(await issuesOf({ credentials: { oidc: [oidc[1]!] } })).toEqual([["CONFLICT", "input", expect.stringContaining("Another identity")]]);
  });

  it("cannot have the external ID of another one", async () => {
    const externalId = randomUUID();
    const identity = await createSince("v25.4.0", newEmail(), { externalId });
    if (identity) expect(await issuesOf({ externalId })).toEqual([["CONFLICT", "input", expect.stringContaining("Another identity")]]);
  });
});

describe("what Kratos would refuse for a whole batch, or ignore", () => {
  it.each<[string, Fields, string, string]>([
    ["a hash of no format", { credentials: { password: { hashedPassword: "hunter2-canary" } } }, "credentials.password.hashedPassword", "Kratos does not support the format of this hash."],
    ["an incomplete hash", { credentials: { password: { hashedPassword: "$2a$10$hunter2-canary" } } }, "credentials.password.hashedPassword", "The hash begins like a hash of bcrypt, but it is incomplete"],
    ["an empty password", { credentials: { password: { password: "" } } }, "credentials.password.password", "Expected a password of 1 to 72 bytes."],
    ["a password that bcrypt cannot hash", { credentials: { password: { password: "ä".repeat(37) } } }, "credentials.password.password", "Expected a password of 1 to 72 bytes."],
    ["an empty provider", { credentials: { oidc: [{ provider: "", subject: "1" }] } }, "credentials.oidc.0.provider", "Expected the ID of a provider"],
    ["an empty subject", { credentials: { oidc: [link("1"), link("")] } }, "credentials.oidc.1.subject", "Expected the ID of the user"],
    ["the same account twice", { credentials: { oidc: [link("1"), link("1")] } }, "credentials.oidc", "Expected each account only once."],
    ["metadata that is a number", { metadataAdmin: 0 }, "metadataAdmin", "Expected an object or any other JSON value that is not a number."],
    ["an empty external ID", { externalId: "" }, "externalId", EXTERNAL_ID],
    ["an external ID that no path can have", { externalId: ".." }, "externalId", EXTERNAL_ID],
    ["an external ID of 65 characters", { externalId: "x".repeat(65) }, "externalId", EXTERNAL_ID],
    ["an address that no trait has", { verifiableAddresses: [{ value: "else@example.com", verified: true }] }, "verifiableAddresses.0.value", "Expected the value of a trait."],
    ["a recovery address that no trait has", { recoveryAddresses: [{ value: "else@example.com" }] }, "recoveryAddresses.0.value", "Expected the value of a trait."],
  ])("includes %s, which is a user error that repeats no secret", async (_, fields, path, message) => {
    const issues = await issuesOf(fields);
    expect(issues).toEqual([["INVALID", `input.${path}`, expect.stringContaining(message)]]);
    expect(JSON.stringify(issues)).not.toMatch(/canary|Y2FuYXJ5/);
  });

  it("includes two passwords, and none, which are errors of the request", async () => {
    const query = "mutation ($input: CreateIdentityInput!) { createIdentity(input: $input) { userErrors { message } } }";
    for (const password of [{ password: "hunter2-canary", hashedPassword: "$md5$Y2FuYXJ5" }, {}, { password: null }]) {
      const reply = await facade.send(query, { input: { schemaId: "default", traits: { email: newEmail() }, credentials: { password } } });
      expect([codeOf(reply), reply.data]).toEqual(["BAD_USER_INPUT", undefined]);
    }
  });

  it("is reported at once", async () => {
    const issues = await issuesOf({ externalId: "", credentials: { password: { password: "" }, oidc: [link("")] } });
    expect(issues.map(([, path]) => path)).toEqual(["input.externalId", "input.credentials.password.password", "input.credentials.oidc.0.subject"]);
  });
});
