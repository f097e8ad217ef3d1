import { encodeCursor } from "../../src/graphql/identity/identity-connection.js";
import { USES_BEFORE_COMPILATION } from "../../src/server/apollo/jit.js";
import { createApiKey, parseApiKeys } from "../../src/server/auth/api-key.js";
import { startFakeKratos } from "../fake-kratos/index.js";
import { codesOf, postJson } from "../support/http.js";
import { stopAfterTest } from "../support/lifecycle.js";
import { captureLog } from "../support/logs.js";
import { startScriptedKratos } from "../support/scripted-kratos.js";
import { startFacade, useRecordedFacade } from "../support/use-facade.js";

/* Small requests that would cause large ones to Kratos, large responses or many lines in the log. */

const { adminProxy, publicProxy, facade } = useRecordedFacade(startFakeKratos);

const repeat = (count: number, part: (at: number) => string) => Array.from({ length: count }, (_, at) => part(at)).join(" ");
const ID = "11111111-1111-4111-8111-111111111111";

describe("a text of 900 kB is sent to Kratos by none of 50 aliases", () => {
  beforeEach(async () => {
    await facade.send("{ version }");
    adminProxy.take();
  });

  it.each([
    ["the ID of an identity", "query ($v: ID!)", "identity(id: $v) { id }"],
    ["the ID of a schema", "query ($v: ID!)", "identitySchema(id: $v) { id }"],
    ["the ID of a flow", "query ($v: ID!)", "loginFlow(id: $v) { id }"],
    ["the ID of an error", "query ($v: ID!)", "selfServiceError(id: $v) { id }"],
    ["a session token", "query ($v: String!)", `settingsFlow(id: "${ID}", sessionToken: $v) { id }`],
    ["a cursor", "query ($v: String!)", "identities(first: 1, after: $v) { pageInfo { endCursor } }"],
    ["the ID of a reference", "query ($v: ID!)", `_entities(representations: [{ __typename: "IdentitySchema", id: $v }]) { __typename }`],
    ["the ID of the schema of a new identity", "mutation ($v: String!)", "createIdentity(input: { schemaId: $v, traits: {} }) { userErrors { code } }"],
    ["the ID of another schema", "mutation ($v: String!)", `updateIdentity(input: { id: "${ID}", schemaId: $v, traits: {} }) { userErrors { code } }`],
    ["the ID of an identity to delete", "mutation ($v: ID!)", "deleteIdentity(input: { id: $v }) { userErrors { code } }"],
    ["a URL", "mutation ($v: String!)", `createRecoveryLink(input: { identityId: "${ID}", returnTo: $v }) { userErrors { code } }`],
    ["a duration", "mutation ($v: Duration!)", `createRecoveryLink(input: { identityId: "${ID}", expiresIn: $v }) { userErrors { code } }`],
  ])("as %s", async (_, operation, field) => {
    const { data, errors } = await facade.send(`${operation} { ${repeat(50, (at) => `a${at}: ${field}`)} }`, { v: "X".repeat(900_000) });
    expect([adminProxy.take(), publicProxy.take()]).toEqual([[], []]);
    expect(errors).toHaveLength(50);
    for (const { message, extensions } of errors!) {
      expect(extensions).toEqual({ code: "BAD_USER_INPUT", ...(operation.startsWith("mutation") && { outcome: "NOT_SENT" }) });
      expect(message).toBe("Texts, e.g. IDs, cursors and URLs, must have at most 2048 characters; received a string of 900000 characters.");
    }
    expect(Object.values(data!).flat()).toEqual(Array(50).fill(null));
  });

  it("and one of 2048 characters is", async () => {
    await facade.send("query ($v: ID!) { loginFlow(id: $v) { id } }", { v: "x".repeat(2048) });
    expect(publicProxy.take()).toHaveLength(1);
  });
});

it("50 aliases of the metrics of Kratos, which can have many megabytes, need one request for them", async () => {
  const { data } = await facade.send(`{ ${repeat(50, (at) => `a${at}: metrics`)} }`);
  expect(new Set(Object.values(data!))).toEqual(new Set([expect.stringContaining("# HELP")]));
  expect(adminProxy.take().filter(({ path }) => path.includes("metrics"))).toHaveLength(1);
});

describe("a forged cursor before Kratos v1.1", () => {
  const MILLION = 1_000_000;
  /** The identities are in descending order of ID. */
  const idAt = (index: number) => `${(2 ** 32 - 1 - index).toString(16)}-0000-4000-8000-000000000000`;
  const list = "query ($after: String!) { identities(first: 250, after: $after) { edges { node { id } } } }";

  async function startWithAMillion() {
    const kratos = await stopAfterTest(
      startScriptedKratos("v0.11.1", (_, path) => {
        if (!path.includes("/identities?")) return undefined;
        const parameters = new URLSearchParams(path.split("?")[1]);
        const [size, page] = ["per_page", "page"].map((name) => Number(parameters.get(name))) as [number, number];
        const start = size * (page - 1);
        const length = Math.max(0, Math.min(size, MILLION - start));
        return { json: Array.from({ length }, (_unused, at) => ({ id: idAt(start + at), schema_id: "default", schema_url: "", traits: {} })) };
      }),
    );
    return { kratos, facade: await startFacade(kratos) };
  }

  it("costs as much as the requests that its search takes, however wrong its index is", async () => {
    const { kratos, facade: old } = await startWithAMillion();
    for (const position of [0, 777, 123_456, 500_000, 999_700]) {
      for (const index of [0, 1, position, position + 3, 400_000, MILLION, 999_999_999]) {
        const before = kratos.seen.length;
        const after = encodeCursor({ id: idAt(position), index });
        const { body } = await postJson(old.url, { query: list, variables: { after } }, { "x-graphql-cost": "1" });
        expect(body.data.identities.edges.slice(0, 2).map(({ node }: any) => node.id)).toEqual([idAt(position + 1), idAt(position + 2)]);
        const listed = kratos.seen.slice(before).filter((line) => line.includes("identities?")).length;
        expect(listed).toBeLessThanOrEqual((body.extensions.cost.requested - 750) / 10);
      }
    }
  });

  it("is refused in 50 aliases, and without an index", async () => {
    const { kratos, facade: old } = await startWithAMillion();
    const after = encodeCursor({ id: idAt(3), index: 999_999_999 });
    const many = await postJson(old.url, { query: `query ($after: String!) { ${repeat(50, (at) => `a${at}: identities(first: 1, after: $after) { edges { cursor } }`)} }`, variables: { after } });
    expect(codesOf(many)).toEqual(["OPERATION_TOO_LARGE"]);
    const { errors } = await old.send(list, { after: encodeCursor({ id: idAt(3) }) });
    expect(errors).toEqual([expect.objectContaining({ extensions: { code: "BAD_USER_INPUT" }, message: expect.stringContaining("Start again with the first page") })]);
    expect(kratos.seen.filter((line) => line.includes("identities?"))).toEqual([]);
  });
});

describe("a response is limited", () => {
  const traits = (length: number) => ({ email: "large@example.com", note: "x".repeat(length) });

  /** A Kratos in which every page is full, and every identity has large traits. */
  async function startWithLargeTraits(length: number) {
    const identity = (at: number) => ({ id: ID.slice(0, -3) + String(at).padStart(3, "0"), schema_id: "default", schema_url: "", traits: traits(length) });
    const script = (_: unknown, path: string) => {
      if (path.includes("/identities?")) return { json: Array.from({ length: 251 }, (_unused, at) => identity(at)) };
      return path.includes("/identities/") ? { json: { ...identity(0), id: ID } } : undefined;
    };
    return startFacade(await stopAfterTest(startScriptedKratos("v26.2.0", script)));
  }
  const page = (fields: string) => `{ identities(first: 250) { edges { node { ${fields} } } } }`;

  it("by its cost if a value of JSON is repeated in a page", async () => {
    const large = await startWithLargeTraits(10);
    const answer = await postJson(large.url, { query: page(repeat(50, (at) => `a${at}: traits`)) });
    expect(codesOf(answer)).toEqual(["OPERATION_TOO_LARGE"]);
  });

  it.each([
    ["a page", page(repeat(5, (at) => `a${at}: traits`)), {}],
    ["references", "query ($of: [_Any!]!) { _entities(representations: $of) { ... on Identity { traits } } }", { of: Array(600).fill({ __typename: "Identity", id: ID }) }],
  ])("to 25,000,000 characters of %s", async (_, query, variables) => {
    const large = await startWithLargeTraits(45_000);
    const { data, errors } = await large.send(query, variables);
    expect(data).toBeNull();
    expect(errors).toEqual([{ message: expect.stringContaining("exceeds 25000000 characters"), extensions: { code: "RESPONSE_TOO_LARGE", most: 25_000_000 } }]);
  });

  it("to 25,000,000 characters of all results of a batch together", async () => {
    const kratos = await stopAfterTest(startScriptedKratos("v26.2.0", (_, path) => (path.endsWith("/prometheus") ? { text: "x".repeat(10_000_000), headers: { "content-type": "text/plain" } } : undefined)));
    const served = await startFacade(kratos, { batching: true });
    const { body } = await postJson(served.url, Array(3).fill({ query: "{ metrics }" }));
    const codes = body.flatMap(({ errors = [] }: any) => errors.map((error: any) => error.extensions.code));
    expect(codes).toEqual(["RESPONSE_TOO_LARGE"]);
  });

  it.each([
    ["control characters, which are escaped", "\u0001".repeat(20_000), 6],
    ["numbers", Array(5_000).fill(1.2345678901234567e-300), 6],
  ])("with the real length of %s", async (_, note, aliases) => {
    const identities = Array.from({ length: 250 }, (_unused, at) => ({ id: ID.slice(0, -3) + String(at).padStart(3, "0"), schema_id: "default", schema_url: "", traits: { note } }));
    const text = JSON.stringify(identities);
    const kratos = await stopAfterTest(startScriptedKratos("v26.2.0", (_unused, path) => (path.includes("/identities?") ? { text, headers: { "content-type": "application/json" } } : undefined)));
    const served = await startFacade(kratos);
    const isTooLarge = text.length * aliases > 25_000_000;
    expect(isTooLarge).toBe(true);
    expect(codesOf(await postJson(served.url, { query: page(repeat(aliases, (at) => `a${at}: traits`)) }))).toEqual(["RESPONSE_TOO_LARGE"]);
  });

  it("in the messages of its errors, which repeat invalid values", async () => {
    const { errors } = await facade.send("query ($first: Int) { identities(first: $first) { edges { cursor } } }", { first: "x".repeat(900_000) });
    expect(errors![0]!.message).toMatch(/^Variable "\$first" got invalid value "x{1900,}…$/);
  });

  it("which a page of large identities is below", async () => {
    const large = await startWithLargeTraits(20_000);
    const { data } = await large.send(page("id traits"));
    expect(data!["identities"].edges).toHaveLength(250);
  });

  it("to 1,000 errors, and one that says so", async () => {
    const [many, few] = [createApiKey("many", ["identities:read", "secrets:read"]), createApiKey("few", ["identities:read"])];
    const identities = Array.from({ length: 250 }, (_, at) => ({ id: ID.slice(0, -3) + String(at).padStart(3, "0"), schema_id: "default", schema_url: "", traits: {} }));
    const kratos = await stopAfterTest(startScriptedKratos("v26.2.0", (_, path) => (path.includes("/identities?") ? { json: identities } : undefined)));
    const served = await startFacade(kratos, { authentication: { apiKeys: parseApiKeys(`${many.line}\n${few.line}`) } });
    const query = page(repeat(5, (at) => `a${at}: metadataAdmin`));
    const ask = ({ key }: typeof few) => served.send(query, {}, { authorization: `Bearer ${key}` });
    for (const isCompiled of [false, true]) {
      // Only a query that succeeds is ever compiled.
      for (let time = 0; isCompiled && time <= USES_BEFORE_COMPILATION; time++) expect((await ask(many)).errors).toBeUndefined();
      const { data, errors } = await ask(few);
      expect(data!["identities"].edges).toHaveLength(250);
      expect(errors).toHaveLength(1001);
      expect(errors![999]!.extensions!["code"]).toBe("FORBIDDEN");
      expect(errors![1000]).toEqual({ message: "There are 1250 errors, but a response can have at most 1000. The rest are left out.", extensions: { code: "TOO_MANY_ERRORS", most: 1000 } });
    }
  });
});

it("hundreds of failing references write few lines to the log, compiled or not", async () => {
  const log = captureLog();
  let isFailing = true;
  const script = (_: unknown, path: string) => {
    if (!path.includes("/identities/")) return undefined;
    return isFailing ? { status: 500, json: { error: { code: 500 } } } : { json: { id: path.slice(-36), schema_id: "default", schema_url: "", traits: {} } };
  };
  const kratos = await stopAfterTest(startScriptedKratos("v0.11.1", script));
  const served = await startFacade(kratos, { logger: log.logger });
  const query = "query ($of: [_Any!]!) { _entities(representations: $of) { __typename } }";
  const send = (count: number) => served.send(query, { of: Array.from({ length: count }, (_, at) => ({ __typename: "Identity", id: ID.slice(0, -4) + String(at).padStart(4, "0") })) });
  for (const isCompiled of [false, true]) {
    isFailing = false;
    for (let time = 0; isCompiled && time <= USES_BEFORE_COMPILATION; time++) expect((await send(1)).errors).toBeUndefined();
    isFailing = true;
    log.lines.length = 0;
    expect((await send(300)).errors).toHaveLength(300);
    expect(log.lines.length).toBeLessThan(30);
    expect(log.entries()).toContainEqual(expect.objectContaining({ errors: 300, msg: "Further errors of this operation are not logged." }));
  }
});
