import { randomUUID } from "node:crypto";
import { USES_BEFORE_COMPILATION } from "../../src/server/apollo/jit.js";
import type { Features } from "../../src/kratos/index.js";
import { FindByExternalIdDocument, FindByIdentifierDocument, ListIdentitiesDocument, type IdentityFilter } from "../generated/operations.js";
import { createIdentities, deleteIdentities, UNKNOWN_ID, unknownIds } from "../support/kratos-api.js";
import { startKratos } from "../support/kratos-under-test.js";
import { codeOf, dataOf, useRecordedFacade, type Reply } from "../support/use-facade.js";

const COUNT = 600;

const { kratos, adminProxy, facade, cleanups } = useRecordedFacade(startKratos);
/** A text that only identities of this run have. */
const run = randomUUID().slice(0, 8);
const organizationId = randomUUID();
let features: Features;
/** Their emails begin with `run`, and they have an organization if this Kratos has any. */
let ours: string[];
const emailOf = (at: number) => `${run}-${at}@find.example.com`;

beforeAll(async () => {
  ({ features } = await facade.kratos.system.detectVersion());
  const traits = Array.from({ length: COUNT }, (_, at) => ({ email: emailOf(at) }));
  ours = await createIdentities(kratos, "default", traits, features.organizationFilter ? { organization_id: organizationId } : {});
  cleanups.defer(() => deleteIdentities(kratos, ours));
}, 120_000);

const create = async (more: object = {}): Promise<{ id: string; email: string }> => {
  const email = `${randomUUID()}@find.example.com`;
  const [id] = (await createIdentities(kratos, "default", [{ email }], more)) as [string];
  ours.push(id);
  return { id, email };
};

/** Requests to Kratos for identities since the last call. */
const asked = () => adminProxy.take().filter(({ path }) => path.includes("/identities")).map(({ path }) => path);

const list = (filter: IdentityFilter, first?: number, after?: string | null) => facade.ask(ListIdentitiesDocument, { first, after, filter });
const findByIdentifier = (identifier: string) => facade.ask(FindByIdentifierDocument, { identifier });
const findByExternalId = (externalId: string) => facade.ask(FindByExternalIdDocument, { externalId });
const idsOf = (reply: Awaited<ReturnType<typeof list>>) => dataOf(reply).identities!.edges.map(({ node }) => node!.id);

/** Runs a test if this Kratos has a feature. If it does not, Kratos must not be asked, as it would answer with everybody. */
function itWith(feature: keyof Features, since: string, ask: () => Promise<Reply<unknown>>, name: string, test: () => Promise<void>): void {
  it(`${name}, or needs Kratos ${since}`, async () => {
    if (features[feature]) return test();
    asked();
    const reply = await ask();
    expect(codeOf(reply)).toBe("UNSUPPORTED_BY_KRATOS");
    expect(reply.errors![0]!.extensions).toMatchObject({ since });
    expect(reply.errors![0]!.message).toContain(`requires Kratos ${since} or later.`);
    expect(Object.values(reply.data!)).toEqual([null]);
    expect(asked()).toEqual([]);
  }, 60_000);
}

/** All IDs of a walk through the identities that match, in pages of these sizes in turn. */
async function walk(filter: IdentityFilter, sizes: readonly number[]): Promise<string[]> {
  const seen: string[] = [];
  let after: string | null = null;
  for (let at = 0; ; at++) {
    const { edges, pageInfo }: NonNullable<Awaited<ReturnType<typeof list>>["data"]>["identities"] & object = dataOf(await list(filter, sizes[at % sizes.length], after)).identities!;
    seen.push(...edges.map(({ node }) => node!.id));
    expect(pageInfo.hasPreviousPage).toBe(at > 0);
    if (!pageInfo.hasNextPage) return seen;
    expect(edges).toHaveLength(sizes[at % sizes.length]!);
    after = pageInfo.endCursor ?? null;
  }
}

const sorted = (ids: readonly string[]) => [...ids].sort();

describe("an identity by what it signs in with", () => {
  const itFinds = (name: string, test: () => Promise<void>) => itWith("identifierFilter", "v0.13.0", () => findByIdentifier(emailOf(1)), name, test);

  itFinds("is found, in upper case and with spaces around it, too, with one request", async () => {
    for (const identifier of [emailOf(7), emailOf(7).toUpperCase(), `  ${emailOf(7)}\t`]) {
      asked();
      expect(dataOf(await findByIdentifier(identifier)).identityByIdentifier).toEqual({ id: ours[7], traits: { email: emailOf(7) } });
      expect(asked()).toHaveLength(1);
    }
  });

  itFinds("is null if nobody has exactly the identifier", async () => {
    for (const identifier of [run, `${run}-7`, emailOf(COUNT), `%${emailOf(7).slice(1)}`, "a&ids=b", "\ud800"]) {
      expect(dataOf(await findByIdentifier(identifier)).identityByIdentifier).toBeNull();
    }
  });

  itFinds("is found by an account at a provider, in which case matters", async () => {
    const subject = `Sub-${run}`;
    const { id } = await create({ credentials: { oidc: { config: { providers: [{ provider: "google", subject }] } } } });
    const isFound = async (identifier: string) => dataOf(await findByIdentifier(identifier)).identityByIdentifier?.id === id;
    // v0.13 to v1.0 search the other credentials only.
    expect(await isFound(`google:${subject}`)).toBe(features.keysetPages);
    expect(await isFound(`google:${subject.toLowerCase()}`)).toBe(false);
  });

  it.each(["", " ", "\t\n", "\u0085", "\u00a0\u3000"])("is never looked up for the blank %j, which Kratos takes for no filter", async (identifier) => {
    asked();
    const reply = await findByIdentifier(identifier);
    expect([codeOf(reply), reply.errors![0]!.message]).toEqual(["BAD_USER_INPUT", `"identifier" must not be blank; received ${JSON.stringify(identifier)}.`]);
    expect(asked()).toEqual([]);
  });
});

describe("an identity by its external ID", () => {
  const itFinds = (name: string, test: () => Promise<void>) => itWith("externalId", "v25.4.0", () => findByExternalId("x"), name, test);

  itFinds("is found, whatever characters the external ID has", async () => {
    for (const text of [`${run}`, `${run}/a/../b?c=d#e`, `${run}%2f`, `${run} ä😀`, `${run};,:@&=+$`]) {
      const { id } = await create({ external_id: text });
      expect(dataOf(await findByExternalId(text)).identityByExternalId).toEqual({ id, externalId: text, organizationId: null });
    }
    expect(dataOf(await findByExternalId(run.toUpperCase())).identityByExternalId).toBeNull();
  });

  itFinds("is null for an unknown one, a long one, and half of a surrogate pair", async () => {
    for (const unknown of [UNKNOWN_ID, "x".repeat(200), "a\ud800", "%2e%2e", " "]) {
      expect(dataOf(await findByExternalId(unknown)).identityByExternalId).toBeNull();
    }
  });

  it.each(["", ".", ".."])("is not looked up for %j, which would be another path", async (externalId) => {
    asked();
    const reply = await findByExternalId(externalId);
    expect(codeOf(reply)).toBe("BAD_USER_INPUT");
    expect(reply.errors![0]!.message).toContain(`"externalId" must not be empty, "." or "..", because they cannot be part of a URL; received ${JSON.stringify(externalId)}.`);
    expect(asked()).toEqual([]);
  });

  it("is a second key, each of which is requested once, and next to that by ID", async () => {
    const externalId = `${run}-key`;
    const { id } = await create(features.externalId ? { external_id: externalId } : {});
    const of = [{ externalId }, { id }, { externalId: "nope" }, { id: UNKNOWN_ID, externalId }, { externalId }, { externalId: ".." }, { externalId: "" }];
    asked();
    const { data, errors } = await facade.send("query ($of: [_Any!]!) { _entities(representations: $of) { ... on Identity { id externalId } } }", {
      of: of.map((key) => ({ __typename: "Identity", ...key })),
    });
    const found = { id, externalId };
    if (features.externalId) {
      expect(errors).toBeUndefined();
      // If a representation has both keys, the ID counts.
      expect(data!["_entities"]).toEqual([found, found, null, null, found, null, null]);
      expect(asked().filter((path) => path.includes("/by/external/")).sort()).toEqual([`/admin/identities/by/external/${externalId}`, "/admin/identities/by/external/nope"].sort());
    } else {
      expect(data!["_entities"]).toEqual([null, { id, externalId: null }, null, null, null, null, null]);
      expect(errors!.map(({ extensions }) => extensions)).toEqual(Array(5).fill({ code: "UNSUPPORTED_BY_KRATOS", since: "v25.4.0" }));
    }
  });
});

describe("a list with a filter", () => {
  const shown = 250;

  itWith("identifierFilter", "v0.13.0", () => list({ identifier: emailOf(1) }), "by identifier has those who sign in with it", async () => {
    expect(idsOf(await list({ identifier: emailOf(3).toUpperCase() }))).toEqual([ours[3]]);
    expect(idsOf(await list({ identifier: run }))).toEqual([]);
    const { pageInfo } = dataOf(await list({ identifier: emailOf(3) })).identities!;
    expect(pageInfo.hasNextPage).toBe(false);
    expect(idsOf(await list({ identifier: emailOf(3) }, 1, pageInfo.endCursor))).toEqual([]);
  });

  itWith("identifierPrefixFilter", "v1.2.0", () => list({ identifierPrefix: run }), "by the start of an identifier has those who sign in with it, each once", async () => {
    const all = sorted(ours.slice(0, COUNT));
    for (const [sizes, prefix] of [[[shown], run], [[37, 100, 1], `${run.toUpperCase()}-`]] as const) expect(await walk({ identifierPrefix: prefix }, sizes)).toEqual(all);
    expect(idsOf(await list({ identifierPrefix: emailOf(5) }))).toEqual([ours[5]]);
    // Not any part of it.
    expect(idsOf(await list({ identifierPrefix: "find.example.com" }))).toEqual([]);
  });

  itWith("organizationFilter", "v1.3.8", () => list({ organizationId }), "by organization has its members, each once", async () => {
    const all = sorted(ours.slice(0, COUNT));
    expect(await walk({ organizationId }, [199])).toEqual(all);
    expect(await walk({ organizationId: organizationId.toUpperCase() }, [shown])).toEqual(all);
    expect(idsOf(await list({ organizationId: UNKNOWN_ID }))).toEqual([]);
    const { data } = await facade.send("query ($id: ID!) { identity(id: $id) { organizationId } }", { id: ours[0] });
    expect(data!["identity"]).toEqual({ organizationId });
  });

  itWith("idsFilter", "v1.1.0", () => list({ ids: [ours[0]!] }), "by IDs has those that exist, each once, with at most three requests for 500", async () => {
    const wanted = ours.slice(0, 400);
    const ids = [...wanted, wanted[0]!.toUpperCase(), ...unknownIds(99)];
    for (const sizes of [[shown], [7, 120]]) expect(await walk({ ids }, sizes)).toEqual(sorted(wanted));
    asked();
    expect(idsOf(await list({ ids }, 250))).toHaveLength(250);
    expect(asked().length).toBeLessThanOrEqual(3);
    expect(idsOf(await list({ ids: unknownIds(3) }))).toEqual([]);
    asked();
    expect(idsOf(await list({ ids: [] }))).toEqual([]);
    expect(asked()).toEqual([]);
  });

  itWith("identifierPrefixFilter", "v1.2.0", () => list({ identifierPrefix: run }), "continues after the cursor of any of its edges, also of the list of all", async () => {
    const all = sorted(ours.slice(0, COUNT));
    const { edges } = dataOf(await list({ identifierPrefix: run }, 40)).identities!;
    for (const [at, first] of [[0, 39], [13, 5], [38, 1]] as const) {
      expect(idsOf(await list({ identifierPrefix: run }, first, edges[at]!.cursor))).toEqual(all.slice(at + 1, at + 1 + first));
    }
    const { data } = await facade.ask(ListIdentitiesDocument, { first: 1 });
    const [edge] = data!.identities!.edges;
    expect(idsOf(await list({ identifierPrefix: run }, 5, edge!.cursor))).toEqual(all.filter((id) => id > edge!.node!.id).slice(0, 5));
  });

  itWith("identifierPrefixFilter", "v1.2.0", () => list({ identifierPrefix: run }), "may have an identifier of 255 characters, which Kratos repeats in its headers", async () => {
    expect(idsOf(await list({ identifier: "€".repeat(255) }))).toEqual([]);
    expect(idsOf(await list({ identifierPrefix: "€".repeat(255) }))).toEqual([]);
  });

  const REFUSED: readonly (readonly [string, IdentityFilter, string])[] = [
    ["an empty identifier", { identifier: "" }, '"filter.identifier" must not be blank; received "".'],
    ["a blank prefix", { identifierPrefix: "\u0085 " }, `"filter.identifierPrefix" must not be blank; received ${JSON.stringify("\u0085 ")}.`],
    ["an identifier of 256 characters", { identifier: "€".repeat(256) }, '"filter.identifier" must have at most 255 characters; received a string of 256 characters.'],
    ["a malformed ID", { ids: [UNKNOWN_ID, "abc"] }, '"filter.ids[1]" must be a UUID; received "abc".'],
    ["501 IDs", { ids: unknownIds(501) }, '"filter.ids" must have at most 500 items; received 501.'],
    ["a malformed organization", { organizationId: "" }, '"filter.organizationId" must be a UUID; received "".'],
  ];

  it.each(REFUSED)("refuses %s by the path of the argument, and does not ask Kratos", async (_, filter, message) => {
    asked();
    const reply = await list(filter);
    expect([codeOf(reply), reply.errors![0]!.message]).toEqual(["BAD_USER_INPUT", message]);
    expect(asked()).toEqual([]);
  });
});

describe("a filter that has not exactly one condition", () => {
  const QUERY = "query ($filter: IdentityFilter) { identities(first: 1, filter: $filter) { edges { cursor } } }";
  const WRONG: readonly (readonly [string, object, string])[] = [
    ["none", {}, "{}"],
    ["two", { identifier: "ann@example.com", ids: [UNKNOWN_ID] }, `{ identifier: "ann@example.com", ids: ["${UNKNOWN_ID}"] }`],
    ["a null", { identifier: null }, "{ identifier: null }"],
    ["a null and another one", { identifier: "ann@example.com", ids: null }, `{ identifier: "ann@example.com", ids: null }`],
  ];

  it.each(WRONG)("but %s is refused in a literal, in a variable, and after the query is compiled", async (_, filter, literal) => {
    asked();
    const written = await facade.send(`{ identities(first: 1, filter: ${literal}) { edges { cursor } } }`);
    expect(codeOf(written)).toBe("GRAPHQL_VALIDATION_FAILED");
    expect(written.errors![0]!.message).toMatch(/must specify exactly one key|must be non-null/);
    const fresh = `${QUERY} # ${literal}`;
    const before = await facade.send(fresh, { filter });
    expect(codeOf(before)).toBe("BAD_USER_INPUT");
    expect(before.errors![0]!.message).toMatch(/Exactly one key must be specified|must be non-null/);
    for (let time = 0; time < USES_BEFORE_COMPILATION + 3; time++) {
      dataOf(await facade.send(fresh, { filter: null }));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    asked();
    const after = await facade.send(fresh, { filter });
    expect(codeOf(after)).toBe("BAD_USER_INPUT");
    expect(after.errors![0]!.message).toMatch(/^"filter" must have exactly one of the fields "identifier", "identifierPrefix", "ids" and "organizationId", which must not be null; received \{/);
    expect(after.data).toEqual({ identities: null });
    expect(asked()).toEqual([]);
  });
});
