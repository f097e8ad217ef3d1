import { UNKNOWN_ID, unknownIds } from "../support/kratos-api.js";
import { stopAfterTest } from "../support/lifecycle.js";
import { startScriptedKratos } from "../support/scripted-kratos.js";
import { codeOf, dataOf, startFacade } from "../support/use-facade.js";

/* Answers of Kratos to a search that must not be taken for its result. */

const [ANN, BEN, EVE] = unknownIds(3) as [string, string, string];
const OTHER_ORGANIZATION = "22222222-2222-4222-8222-222222222222";
const identity = (id: string, more: object = {}) => ({ id, schema_id: "default", schema_url: "", traits: {}, ...more });
/** As Kratos shows one that it has found by an identifier. */
const found = (id: string) => identity(id, { credentials: { password: { type: "password", identifiers: ["ann"] } } });

const BY_IDENTIFIER = '{ identityByIdentifier(identifier: "ann") { id } }';
const listOf = (filter: string, page = "first: 2") => `{ identities(${page}, filter: { ${filter} }) { edges { node { id } } pageInfo { hasNextPage endCursor } } }`;
const QUERIES = [
  BY_IDENTIFIER,
  listOf('identifier: "ann"'),
  listOf('identifierPrefix: "ann"'),
  listOf(`organizationId: "${UNKNOWN_ID}"`),
  listOf(`ids: ["${UNKNOWN_ID}", "${OTHER_ORGANIZATION}"]`),
];

/** Starts a Kratos that lists these identities, whatever it is asked. */
async function startListing(version: string, listed: readonly object[]) {
  const kratos = await stopAfterTest(startScriptedKratos(version, (_, path) => (path.includes("/identities?") ? { json: listed } : undefined)));
  return { kratos, facade: await startFacade(kratos) };
}

describe.each([
  ["everybody", [identity(ANN, { organization_id: OTHER_ORGANIZATION }), identity(BEN), identity(EVE)]],
  ["the only one there is", [identity(ANN)]],
])("a Kratos that ignores the filter and lists %s", (_, everybody) => {
  it.each(QUERIES)("gives an error for %s", async (query) => {
    const { facade } = await startListing("v26.2.0", everybody);
    const reply = await facade.send(query);
    expect(codeOf(reply)).toBe("KRATOS_ERROR");
    expect(reply.errors![0]!.message).toBe("Kratos ignored the filter, so its response cannot be used.");
    expect(Object.values(reply.data!)).toEqual([null]);
  });

  it.each(QUERIES)("is found to be an older version for %s", async (query) => {
    let version = "v26.2.0";
    const kratos = await stopAfterTest(
      startScriptedKratos("", (_, path) => (path === "/version" ? { json: { version } } : path.includes("/identities?") ? { json: everybody } : undefined)),
    );
    const facade = await startFacade(kratos);
    dataOf(await facade.send("{ identities(first: 1) { edges { cursor } } }"));
    version = "v0.11.1";
    expect(codeOf(await facade.send(query))).toBe("UNSUPPORTED_BY_KRATOS");
  });
});

it.each([
  ["v1.3.1", listOf(`organizationId: "${UNKNOWN_ID}"`), "v1.3.8", "Listing the identities of an organization"],
  // It searches for what is similar.
  ["v1.1.0", listOf('identifierPrefix: "ann"'), "v1.2.0", "Finding identities by the start of their identifiers"],
  ["v1.0.0", listOf(`ids: ["${UNKNOWN_ID}"]`), "v1.1.0", "Listing identities by their IDs"],
  ["v0.11.1", BY_IDENTIFIER, "v0.13.0", "Finding identities by their identifiers"],
  ["v1.3.1", '{ identityByExternalId(externalId: "x") { id } }', "v25.4.0", "getIdentityByExternalID"],
])("Kratos %s is not asked for %s", async (version, query, since, what) => {
  const { kratos, facade } = await startListing(version, [identity(ANN)]);
  const reply = await facade.send(query);
  expect(reply.errors).toMatchObject([{ message: `${what} requires Kratos ${since} or later. The connected Kratos is ${version}.`, extensions: { code: "UNSUPPORTED_BY_KRATOS", since } }]);
  expect(kratos.seen).toEqual(["GET /version"]);
});

it("an identifier of two identities is an error, and both are listed", async () => {
  const { facade } = await startListing("v26.2.0", [found(ANN), found(BEN)]);
  const reply = await facade.send(BY_IDENTIFIER);
  expect(reply.data).toEqual({ identityByIdentifier: null });
  expect(codeOf(reply)).toBe("BAD_USER_INPUT");
  expect(reply.errors![0]!.message).toBe('More than one identity has the identifier. To list them, use "identities(filter: { identifier: … })".');
  const first = dataOf(await facade.send(listOf('identifier: "ann"', "first: 1")))["identities"];
  expect(first).toMatchObject({ edges: [{ node: { id: ANN } }], pageInfo: { hasNextPage: true } });
  const second = dataOf(await facade.send(listOf('identifier: "ann"', `after: "${first.pageInfo.endCursor}"`)))["identities"];
  expect(second).toMatchObject({ edges: [{ node: { id: BEN } }], pageInfo: { hasNextPage: false } });
});

it("an identity that is found by two of its credentials is one", async () => {
  const { facade } = await startListing("v1.0.0", [found(ANN), found(ANN)]);
  expect(dataOf(await facade.send(BY_IDENTIFIER))).toEqual({ identityByIdentifier: { id: ANN } });
});

it("a search by identifier ends on Kratos v0.13 to v1.0, where every page is the first one", async () => {
  const { kratos, facade } = await startListing("v0.13.0", [found(ANN)]);
  const { edges, pageInfo } = dataOf(await facade.send(listOf('identifier: "ann"')))["identities"];
  expect([edges, pageInfo.hasNextPage]).toEqual([[{ node: { id: ANN } }], false]);
  const after = dataOf(await facade.send(listOf('identifier: "ann"', `after: "${pageInfo.endCursor}"`)))["identities"];
  expect(after.edges).toEqual([]);
  expect(kratos.seen.slice(1)).toEqual(Array(2).fill("GET /admin/identities?credentials_identifier=ann"));
});

it("a malformed identity is an error in its place", async () => {
  const { facade } = await startListing("v26.2.0", [found(ANN), { ...found(BEN), traits: [] }]);
  const { data, errors } = await facade.send(listOf('identifierPrefix: "ann"'));
  expect(data!["identities"].edges).toEqual([{ node: { id: ANN } }, { node: null }]);
  expect(errors).toMatchObject([{ path: ["identities", "edges", 1, "node"], extensions: { code: "KRATOS_ERROR" } }]);
  const only = await startListing("v26.2.0", [{ ...found(BEN), traits: [] }]);
  expect(codeOf(await only.facade.send(BY_IDENTIFIER))).toBe("KRATOS_ERROR");
});
