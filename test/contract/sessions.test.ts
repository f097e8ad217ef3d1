import { randomUUID } from "node:crypto";
import pMap from "p-map";
import { compare } from "semver";
import { FIRST_VERSION, type Feature } from "../../src/kratos/features.js";
import {
  ExtendSessionDocument,
  GetSessionDocument,
  ListIdentitySessionsDocument,
  ListSessionsDocument,
  RevokeIdentitySessionsDocument,
  RevokeSessionDocument,
} from "../generated/operations.js";
import { createIdentities, deleteIdentities, logIn, PASSWORD, patchIdentity, readIdentity, signUp, UNKNOWN_ID } from "../support/kratos-api.js";
import { isFake, startKratos } from "../support/kratos-under-test.js";
import { codeOf, dataOf, useRecordedFacade, type Reply } from "../support/use-facade.js";

const { kratos, facade, adminProxy, cleanups } = useRecordedFacade(startKratos);
let version: string;

beforeAll(async () => {
  ({ version } = dataOf(await facade.send("{ version }")));
});

const has = (feature: Feature): boolean => compare(version, FIRST_VERSION[feature]) >= 0;

/** Checks that a query works, or else that this Kratos is too old for it. @returns its data, if it works */
function dataSince<Data>(feature: Feature, reply: Reply<Data>): Data | undefined {
  if (has(feature)) return dataOf(reply);
  expect(codeOf(reply)).toBe("UNSUPPORTED_BY_KRATOS");
  expect(reply.errors![0]!.extensions!["since"]).toBe(FIRST_VERSION[feature]);
  return undefined;
}

const UNSUPPORTED = [expect.objectContaining({ code: "UNSUPPORTED", path: null })];

/** A user who has signed up, and signed in again this often. */
async function createUser(signIns = 0): Promise<{ id: string; sessionToken: string }> {
  const email = `${randomUUID()}@session.example.com`;
  const { identityId: id, sessionToken } = await signUp(kratos, { email });
  cleanups.defer(() => deleteIdentities(kratos, [id]));
  // v0.11 closes connections if a user signs in several times at once.
  await pMap(Array.from({ length: signIns }), () => logIn(kratos, email, PASSWORD), { concurrency: isFake ? 8 : 1 });
  return { id, sessionToken };
}

/** The IDs of the sessions of an identity, the latest first. */
async function sessionsOf(id: string): Promise<string[]> {
  const { identity } = dataOf(await facade.ask(ListIdentitySessionsDocument, { id, first: 250 }));
  return identity!.sessions!.edges.map(({ node }) => node.id);
}

const isAccepted = async (sessionToken: string): Promise<boolean> => {
  const { status } = await fetch(`${kratos.publicUrl}/sessions/whoami`, { headers: { "x-session-token": sessionToken } });
  return status === 200;
};

it("shows a session with its device, its method and its identity, and without its token", async () => {
  const { id, sessionToken } = await createUser();
  const data = dataSince("identitySessions", await facade.ask(ListIdentitySessionsDocument, { id }));
  const sessionId = data?.identity!.sessions!.edges[0]!.node.id ?? UNKNOWN_ID;
  const reply = await facade.ask(GetSessionDocument, { id: sessionId.toUpperCase() });
  const session = dataSince("sessions", reply)?.session;
  if (!session) return;
  expect(session).toMatchObject({ id: sessionId, active: true, authenticatorAssuranceLevel: "AAL1", identity: { id } });
  expect(session.authenticationMethods).toEqual([{ method: "password", aal: "AAL1", completedAt: expect.any(String), provider: null, organization: null }]);
  expect(session.devices).toEqual([{ id: expect.any(String), ipAddress: expect.stringContaining("127.0.0.1"), userAgent: expect.any(String), location: null }]);
  expect(Date.parse(session.expiresAt!)).toBeGreaterThan(Date.now());
  expect(JSON.stringify(reply)).not.toContain(sessionToken);
});

it("returns null for an unknown session, and rejects an ID that is not a UUID", async () => {
  expect(dataSince("sessions", await facade.ask(GetSessionDocument, { id: UNKNOWN_ID }))?.session ?? null).toBeNull();
  expect(codeOf(await facade.ask(GetSessionDocument, { id: "xyz" }))).toBe("BAD_USER_INPUT");
});

it("loads what a session lacks of its identity, and requests only what is selected", async () => {
  const { id } = await createUser();
  await patchIdentity(kratos, id, [{ op: "add", path: "/metadata_admin", value: { note: "vip" } }]);
  if (!has("sessions")) return;
  const [sessionId] = await sessionsOf(id);
  const requestsFor = async (selection: string) => {
    adminProxy.take();
    const { session } = dataOf(await facade.send(`query ($id: ID!) { session(id: $id) { ${selection} } }`, { id: sessionId }));
    return { session, paths: adminProxy.take().map(({ path }) => path.replace(/[0-9a-f-]{36}/g, "ID")) };
  };
  expect((await requestsFor("id active")).paths).toEqual(["/admin/sessions/ID"]);
  expect((await requestsFor("devices { id }")).paths).toEqual(["/admin/sessions/ID?expand=devices"]);
  expect((await requestsFor("...F ... { devices { id } } } } fragment F on Session { identity { id traits ")).paths).toEqual(["/admin/sessions/ID?expand=devices&expand=identity"]);
  const { session, paths } = await requestsFor("identity { id metadataAdmin verifiableAddresses { verified } }");
  // A PATCH of v0.11 deletes the metadata.
  const { metadata_admin } = await readIdentity(kratos, id);
  expect(session.identity).toEqual({ id, metadataAdmin: metadata_admin, verifiableAddresses: [{ verified: false }] });
  expect(paths).toEqual(["/admin/sessions/ID?expand=identity", "/admin/identities/ID"]);
});

it("resolves sessions as entities of the supergraph", async () => {
  const { id } = await createUser();
  const sessionId = has("identitySessions") ? (await sessionsOf(id))[0]! : UNKNOWN_ID;
  const ENTITIES = "query ($of: [_Any!]!) { _entities(representations: $of) { __typename ... on Session { id devices { userAgent } identity { id } } ... on Identity { key: id } } }";
  const of = [...[UNKNOWN_ID, sessionId, "xyz"].map((each) => ({ __typename: "Session", id: each })), { __typename: "Identity", id }];
  const reply = await facade.send(ENTITIES, { of });
  const [unknown, session, malformed, identity] = reply.data!["_entities"];
  expect([unknown, malformed, identity]).toEqual([null, null, { __typename: "Identity", key: id }]);
  if (!has("sessions")) return expect(reply.errors!.map(({ extensions }) => extensions!["code"])).toEqual(["UNSUPPORTED_BY_KRATOS", "UNSUPPORTED_BY_KRATOS"]);
  expect(session).toEqual({ __typename: "Session", id: sessionId, devices: [{ userAgent: expect.any(String) }], identity: { id } });
});

it("knows when an identity has last signed in, in one request", async () => {
  const { id } = await createUser(2);
  const [silent] = await createIdentities(kratos, "default", [{ email: `${randomUUID()}@session.example.com` }]);
  cleanups.defer(() => deleteIdentities(kratos, [silent!]));
  const LAST = "query ($id: ID!) { identity(id: $id) { lastSignedInAt } }";
  adminProxy.take();
  const last = dataSince("sessionOrder", await facade.send(LAST, { id }))?.["identity"].lastSignedInAt;
  if (last === undefined) return;
  expect(adminProxy.take()).toHaveLength(2);
  const { identity } = dataOf(await facade.send("query ($id: ID!) { identity(id: $id) { sessions { edges { node { authenticatedAt } } } } }", { id }));
  const times = identity.sessions.edges.map((edge: any) => edge.node.authenticatedAt);
  expect(last).toBe([...times].sort().at(-1));
  expect(dataOf(await facade.send(LAST, { id: silent }))).toEqual({ identity: { lastSignedInAt: null } });
});

describe("revokeSession", () => {
  const revoke = async (id: string) => dataOf(await facade.ask(RevokeSessionDocument, { input: { id } })).revokeSession!;

  it("revokes a session, also for the second time", async () => {
    const { id, sessionToken } = await createUser();
    if (!has("sessions")) return expect(await revoke(UNKNOWN_ID)).toEqual({ session: null, userErrors: UNSUPPORTED });
    const [sessionId] = await sessionsOf(id);
    expect(await isAccepted(sessionToken)).toBe(true);
    for (let time = 0; time < 2; time++) {
      expect(await revoke(sessionId!)).toMatchObject({ session: { id: sessionId, active: false, devices: [{}] }, userErrors: [] });
      expect(await isAccepted(sessionToken)).toBe(false);
    }
  });

  it.each([UNKNOWN_ID, "xyz", ""])("returns a user error for the unknown session %p", async (id) => {
    const userErrors = has("sessions") ? [{ code: "NOT_FOUND", message: "No session has this ID.", path: ["input", "id"] }] : UNSUPPORTED;
    expect(await revoke(id)).toEqual({ session: null, userErrors });
  });
});

describe("revokeIdentitySessions", () => {
  const revokeAll = async (identityId: string) => dataOf(await facade.ask(RevokeIdentitySessionsDocument, { input: { identityId } })).revokeIdentitySessions!;

  it("revokes all sessions of an identity, and succeeds if there are none", async () => {
    const { id, sessionToken } = await createUser(1);
    const other = await createUser();
    if (!has("identitySessions")) return expect(await revokeAll(UNKNOWN_ID)).toEqual({ identity: null, userErrors: UNSUPPORTED });
    for (let time = 0; time < 2; time++) {
      expect(await revokeAll(id)).toEqual({ identity: { id, sessions: { edges: [] } }, userErrors: [] });
      expect(await isAccepted(sessionToken)).toBe(false);
    }
    expect(await isAccepted(other.sessionToken)).toBe(true);
  });

  it.each([UNKNOWN_ID, "xyz", ""])("returns a user error for the unknown identity %p", async (id) => {
    const userErrors = has("deleteIdentitySessions") ? [{ code: "NOT_FOUND", message: "No identity has this ID.", path: ["input", "identityId"] }] : UNSUPPORTED;
    expect(await revokeAll(id)).toEqual({ identity: null, userErrors });
  });
});

describe("extendSession", () => {
  const extend = async (id: string) => dataOf(await facade.ask(ExtendSessionDocument, { input: { id } })).extendSession!;

  it("extends an active session", async () => {
    const { id } = await createUser();
    if (!has("sessions")) return expect(await extend(UNKNOWN_ID)).toEqual({ session: null, userErrors: UNSUPPORTED });
    const [sessionId] = await sessionsOf(id);
    const { session: before } = dataOf(await facade.ask(GetSessionDocument, { id: sessionId! }));
    const { session, userErrors } = await extend(sessionId!);
    expect(userErrors).toEqual([]);
    expect(session).toMatchObject({ id: sessionId, active: true, devices: [{}], identity: { id } });
    expect(Date.parse(session!.expiresAt!)).toBeGreaterThan(Date.parse(before!.expiresAt!));
  });

  it("is a user error for a revoked session, which Kratos answers as if it were extended", async () => {
    const { id } = await createUser();
    if (!has("sessions")) return;
    const [sessionId] = await sessionsOf(id);
    await facade.ask(RevokeSessionDocument, { input: { id: sessionId! } });
    const userErrors = [{ code: "INVALID", message: expect.stringContaining("Expected an active session"), path: ["input", "id"] }];
    expect(await extend(sessionId!)).toEqual({ session: null, userErrors });
  });

  it.each([UNKNOWN_ID, "xyz", ""])("returns a user error for the unknown session %p", async (id) => {
    const userErrors = has("extendSession") ? [{ code: "NOT_FOUND", message: "No session has this ID.", path: ["input", "id"] }] : UNSUPPORTED;
    expect(await extend(id)).toEqual({ session: null, userErrors });
  });
});

/** A sign-in takes a real Kratos a fifth of a second. */
const COUNT = isFake ? 600 : 60;

describe(`a walk through ${COUNT} sessions`, () => {
  let id: string;

  beforeAll(async () => {
    ({ version } = dataOf(await facade.send("{ version }")));
    if (has("identitySessions")) ({ id } = await createUser(COUNT - 1));
  }, 240_000);

  type Page = { readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string } }[]; readonly pageInfo: { readonly hasNextPage: boolean; readonly hasPreviousPage: boolean; readonly endCursor?: string | null } };

  const pages: Readonly<Record<string, (first: number, after: string | null, active?: boolean) => Promise<Page>>> = {
    "the identity": async (first, after, active) => dataOf(await facade.ask(ListIdentitySessionsDocument, { id, first, after, active })).identity!.sessions!,
    "all identities": async (first, after, active) => dataOf(await facade.ask(ListSessionsDocument, { first, after, active })).sessions!,
  };
  const feature = { "the identity": "identitySessions", "all identities": "sessions" } as const;

  async function walk(page: (first: number, after: string | null) => Promise<Page>, sizes: readonly number[]): Promise<string[]> {
    const seen: string[] = [];
    let after: string | null = null;
    for (let at = 0; ; at++) {
      const first = sizes[at % sizes.length]!;
      const { edges, pageInfo }: Page = await page(first, after);
      seen.push(...edges.map(({ node }) => node.id));
      expect(pageInfo.hasPreviousPage).toBe(at > 0);
      if (!pageInfo.hasNextPage) return seen;
      expect(edges).toHaveLength(first);
      after = pageInfo.endCursor ?? null;
    }
  }

  describe.each(["the identity", "all identities"] as const)("of %s", (list) => {
    it.each([[[250]], [[7]], [[37, 250, 1, 13]]])("returns each once with pages of %p", async (sizes) => {
      if (!has(feature[list])) return;
      const seen = await walk(pages[list]!, sizes);
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen.length).toBeGreaterThanOrEqual(COUNT);
      if (list === "the identity") expect(seen).toHaveLength(COUNT);
      else expect((await walk(pages["the identity"]!, [250])).filter((one) => !seen.includes(one))).toEqual([]);
    }, 120_000);

    it("continues from the cursor of any edge with any page size", async () => {
      if (!has(feature[list])) return;
      const { edges } = await pages[list]!(40, null);
      for (const [at, first] of [[0, 39], [13, 5], [29, 15], [38, 1], [39, 20]] as const) {
        const next = await pages[list]!(first, edges[at]!.cursor);
        const ids = next.edges.map(({ node }) => node.id);
        expect(ids.slice(0, 39 - at)).toEqual(edges.slice(at + 1, at + 1 + first).map(({ node }) => node.id));
        expect(ids).toHaveLength(first);
      }
    });

    it("lists active or inactive sessions only", async () => {
      if (!has("sessions")) return;
      const [revoked] = await sessionsOf(id);
      await facade.ask(RevokeSessionDocument, { input: { id: revoked! } });
      const inactive = await walk((first, after) => pages[list]!(first, after, false), [50]);
      const active = await walk((first, after) => pages[list]!(first, after, true), [250]);
      expect(inactive).toContain(revoked);
      expect(active).not.toContain(revoked);
      expect(active.length).toBeGreaterThanOrEqual(COUNT - 2);
    }, 60_000);
  });

  it("rejects what is not a cursor of the list", async () => {
    if (!has("sessions")) return;
    const { edges } = await pages["all identities"]!(1, null);
    // Before v1.3, nothing follows a token that Kratos cannot read.
    const forged = compare(version, "v1.3.0") < 0 ? [] : [Buffer.from("sessions:0:bm9uc2Vuc2U").toString("base64url")];
    for (const after of ["", "nonsense", "MQ", Buffer.from("sessions:-1").toString("base64url"), ...forged]) {
      expect(codeOf(await facade.ask(ListSessionsDocument, { after }))).toBe("BAD_USER_INPUT");
    }
    expect(codeOf(await facade.ask(ListIdentitySessionsDocument, { id, after: edges[0]!.cursor }))).toBe("BAD_USER_INPUT");
    expect(codeOf(await facade.ask(ListSessionsDocument, { first: 251 }))).toBe("BAD_USER_INPUT");
  });
});

it("lists no sessions on a Kratos that has no list of them", async () => {
  const data = dataSince("sessions", await facade.ask(ListSessionsDocument, {}));
  expect(data?.sessions!.edges.length ?? 1).toBeGreaterThan(0);
});
