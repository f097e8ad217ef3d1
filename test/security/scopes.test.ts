import { getNamedType, Kind, parse, valueFromASTUntyped, type DocumentNode, type GraphQLSchema } from "graphql";
import type * as GraphQLJit from "graphql-jit";
import { randomUUID } from "node:crypto";
import pMap from "p-map";
import { ANYBODY, SCOPES, type Scope } from "../../src/graphql/scopes.js";
import { startFakeKratos } from "../fake-kratos/index.js";
import type { FacadeContext } from "../../src/graphql/context.js";
import type * as Schema from "../../src/graphql/schema.js";
import { OR_VIEWER } from "../../src/graphql/authorization.js";
import { ENTITY_SCOPES } from "../../src/graphql/federation.js";
import { buildFacadeSchema } from "../../src/graphql/schema.js";
import { createApiKey, parseApiKeys } from "../../src/server/auth/api-key.js";
import { createIdentities, logIn, PASSWORD, patchIdentity, readIdentity, signUp, startApiFlow, type FlowKind } from "../support/kratos-api.js";
import { nameOf, objectsOf, pathsOf, STYLES, writeOperation, type Path, type Step, type Style, type Written } from "../support/schema-walk.js";
import { startFacade, useFacade, type FacadeUnderTest } from "../support/use-facade.js";

/** The scope of each guarded field. */
const GUARDS: Readonly<Record<string, Scope>> = {
  "Query._entities": "identities:read",
  "Query.courierMessage": "courier:read",
  "Query.courierMessages": "courier:read",
  "Query.health": "system:read",
  "Query.identities": "identities:read",
  "Query.identity": "identities:read",
  "Query.identityByExternalId": "identities:read",
  "Query.identityByIdentifier": "identities:read",
  "Query.identitySchema": "identities:read",
  "Query.identitySchemas": "identities:read",
  "Query.loginFlow": "flows:read",
  "Query.metrics": "system:read",
  "Query.recoveryFlow": "flows:read",
  "Query.registrationFlow": "flows:read",
  "Query.selfServiceError": "flows:read",
  "Query.session": "sessions:read",
  "Query.sessions": "sessions:read",
  "Query.settingsFlow": "flows:read",
  "Query.verificationFlow": "flows:read",
  "Query.version": "system:read",
  "Mutation.createIdentity": "identities:write",
  "Mutation.createRecoveryLink": "recovery:write",
  "Mutation.createRecoveryCode": "recovery:write",
  "Mutation.deleteIdentity": "identities:delete",
  "Mutation.deleteIdentityCredential": "identities:write",
  "Mutation.importIdentities": "identities:write",
  "Mutation.patchIdentity": "identities:write",
  "Mutation.extendSession": "sessions:write",
  "Mutation.revokeIdentitySessions": "sessions:write",
  "Mutation.revokeSession": "sessions:write",
  "Mutation.updateIdentity": "identities:write",
  "Mutation.verifyAddress": "identities:write",
  "CreateIdentityPayload.identity": "identities:read",
  "ImportIdentityResult.identity": "identities:read",
  "PatchIdentityPayload.identity": "identities:read",
  "ExtendSessionPayload.session": "sessions:read",
  "RevokeIdentitySessionsPayload.identity": "identities:read",
  "RevokeSessionPayload.session": "sessions:read",
  "UpdateIdentityPayload.identity": "identities:read",
  "DeleteIdentityCredentialPayload.identity": "identities:read",
  "VerifyAddressPayload.identity": "identities:read",
  "SettingsFlow.identity": "identities:read",
  "CourierMessage.body": "secrets:read",
  "CourierMessage.subject": "secrets:read",
  "CourierMessageDispatch.error": "secrets:read",
  "Identity.credentials": "identities:read",
  "Identity.lastSignedInAt": "sessions:read",
  "Identity.metadataAdmin": "secrets:read",
  "Identity.sessions": "sessions:read",
  "Session.identity": "identities:read",
  "_Service.sdl": "system:read",
};

/** Fields that federation adds to the schema of type-graphql, and that check scopes themselves. */
const FEDERATION = ["Query._entities", "_Service.sdl"];

/** What requires the session of a user in place of a scope. */
const OF_VIEWERS = ["Query.viewer", "Mutation.revokeOtherSessions", "Mutation.updateViewerTraits"];

/** Guarded fields that users may use on what is theirs, without the scope. */
const ALSO_OF_VIEWERS = ["Mutation.revokeSession"];

/** Guarded fields that callers with scopes reach only with the same scope, so that they guard what is below the viewer. */
const GUARDS_OF_VIEWERS = ["Identity.credentials"];

/** Types that must not be reachable without the scope, also by fields that are added later. */
const KEPT: Readonly<Record<string, Scope>> = {
  CourierMessage: "courier:read",
  Identity: "identities:read",
  IdentitySchema: "identities:read",
  RecoveryLink: "recovery:write",
  RecoveryCode: "recovery:write",
  Session: "sessions:read",
  SelfServiceFlow: "flows:read",
  SelfServiceError: "flows:read",
  Health: "system:read",
};

/**
 * Paths that lead to nothing: a new identity has no metadata, no credentials and no sessions, after they are revoked it has none either, and
 * Kratos hides the contents of messages.
 */
const EMPTY = [
  /> CourierMessage\.(body|subject)$/,
  /^Mutation\.(create|import)Identit(y|ies) > .* > Identity\.(metadataAdmin|credentials|lastSignedInAt|sessions > .* > Session\..*)$/,
  /^Mutation\.revokeIdentitySessions > .* > Identity\.(credentials|lastSignedInAt|sessions > .* > Session\..*)$/,
];
const isEmpty = (path: Path): boolean => EMPTY.some((pattern) => pattern.test(described(path)));

let mockOpened: string | undefined;
/** The queries that were executed by a compiled function. */
const mockCompiledRuns: string[] = [];

jest.mock("graphql-jit", () => {
  const jit = jest.requireActual<typeof GraphQLJit>("graphql-jit");
  const compileQuery = (schema: GraphQLSchema, document: DocumentNode, ...rest: []) => {
    const compiled = jit.compileQuery(schema, document, ...rest);
    if (!jit.isCompiledQuery(compiled)) return compiled;
    const query: typeof compiled.query = (...args) => {
      mockCompiledRuns.push(document.loc!.source.body);
      return compiled.query(...args);
    };
    return { ...compiled, query };
  };
  return { ...jit, compileQuery };
});

jest.mock("../../src/graphql/schema.js", () => {
  const actual = jest.requireActual<typeof Schema>("../../src/graphql/schema.js");
  return {
    buildFacadeSchema: (options: object) => {
      const built = actual.buildFacadeSchema(options);
      if (mockOpened) takeGuardAway(built.schema, mockOpened);
      return built;
    },
  };
});

function takeGuardAway(schema: GraphQLSchema, guard: string): void {
  const [type = "", name = ""] = guard.split(".");
  const field = (schema.getType(type) as NonNullable<ReturnType<GraphQLSchema["getQueryType"]>>).getFields()[name]!;
  const { resolve } = field;
  field.resolve = (source, args, context: FacadeContext, info) => resolve!(source, args, { ...context, caller: ANYBODY }, info);
}

const { schema, sdl } = buildFacadeSchema();
const isOfViewer = ([root]: Path) => OF_VIEWERS.includes(nameOf(root!));
const allPaths = [...pathsOf(schema)];
/** Those for callers with scopes. */
const paths = allPaths.filter((path) => !isOfViewer(path));
const viewerPaths = allPaths.filter(isOfViewer);
/** The scope of a step. `_entities` requires that of the entity. */
const scopeOf = ([, next]: Path, step: Step): Scope | undefined =>
  (nameOf(step) === "Query._entities" && next ? ENTITY_SCOPES.get(next.parent.name) : undefined) ?? GUARDS[nameOf(step)];
const scopesOn = (path: Path): Scope[] => [...new Set(path.flatMap((step) => scopeOf(path, step) ?? []))];
const described = (path: Path) => path.map(nameOf).join(" > ");

interface Probe {
  readonly name: string;
  readonly path: Path;
  readonly scope: Scope;
  readonly written: Written;
}

/** A longer path is walked in plain style only: how a field is selected makes no difference between two paths to it. */
const MAX_STYLED_STEPS = 4;

/** Every path to a field, in every style that yields another query. */
function probesOf(guard: string, styles: readonly Style[], among: readonly Path[] = paths): Probe[] {
  return toProbes(among.filter((path) => nameOf(path.at(-1)!) === guard), styles);
}

function toProbes(ways: readonly Path[], styles: readonly Style[]): Probe[] {
  return ways.flatMap((path) => {
    const scope = GUARDS[nameOf(path.at(-1)!)]!;
    const isGiven = (step: Step, argument: string) => argument in (VALUES[nameOf(step)] ?? {});
    const all = (path.length > MAX_STYLED_STEPS ? styles.slice(0, 1) : styles).map((style) => [style, writeOperation(schema, path, style, isGiven, (step) => nameOf(step) in GUARDS)] as const);
    const different = all.filter(([, { text }], at) => all.findIndex((other) => other[1].text === text) === at);
    return different.map(([style, written]) => ({ name: `${described(path)}, ${style}`, path, scope, written }));
  });
}

/** A reference to an entity of each type. */
let REFERENCES: Record<string, { readonly __typename: string; readonly id: string }> = {};

/** Values of the arguments. A function makes a new one for each request. */
let VALUES: Record<string, Record<string, unknown>> = {};

const keyOf = new Map<string, string>();
const setName = (scopes: readonly Scope[]) => [...scopes].sort().join(" ");
const allBut = (scope: Scope) => SCOPES.filter((one) => one !== scope);
const apiKeys = parseApiKeys(
  [...new Set([...SCOPES.map((scope) => setName(allBut(scope))), ...paths.map((path) => setName(scopesOn(path)))])]
    .filter((set) => set !== "")
    .map((set, at) => {
      const { key, line } = createApiKey(`caller-${at}`, set.split(" "));
      keyOf.set(set, key);
      return line;
    })
    .join("\n"),
);

const withKey = (scopes: readonly Scope[]) => ({ authorization: `Bearer ${keyOf.get(setName(scopes))}` });

/** A signed-in user, who has no scopes. */
let user: { readonly id: string; readonly headers: Record<string, string>; readonly sessions: readonly string[] };

const authentication = { apiKeys, sessions: {} } as const;
const { kratos, facade } = useFacade(() => startFakeKratos({ sampleIdentities: false }), { authentication });

beforeAll(async () => {
  const address = "signed-in@example.com";
  const { sessionToken: userToken, identityId: userId } = await signUp(kratos, { email: address });
  await patchIdentity(kratos, userId, [{ op: "add", path: "/metadata_admin", value: { note: `canary-${userId}` } }]);
  await logIn(kratos, address, PASSWORD);
  user = { id: userId, headers: { "x-session-token": userToken }, sessions: await sessionsOf(userId) };
  const { sessionToken, identityId: id } = await signUp(kratos, { email: "walked@example.com" });
  const [session] = await sessionsOf(id);
  const { identityId: other } = await signUp(kratos, { email: "signed-up@example.com" });
  const [changing] = await sessionsOf(other);
  const [silent] = await createIdentities(kratos, "default", [{ email: "silent@example.com" }]);
  for (const one of [id, other, silent!]) await patchIdentity(kratos, one, [{ op: "add", path: "/metadata_admin", value: { note: `canary-${one}` } }]);
  await patchIdentity(kratos, id, [{ op: "add", path: "/external_id", value: "walked-1" }]);
  const flow = async (kind: FlowKind, token?: string) => (await startApiFlow(kratos, kind, token)).id as string;
  const email = () => `${randomUUID()}@example.com`;
  const messages = (await (await fetch(`${kratos.adminUrl}/admin/courier/messages?page_size=1&status=abandoned`)).json()) as { id: string }[];
  const [{ id: message }] = messages as [{ id: string }];
  REFERENCES = {
    Identity: { __typename: "Identity", id },
    IdentitySchema: { __typename: "IdentitySchema", id: "default" },
    Session: { __typename: "Session", id: session! },
  };
  VALUES = {
    "Query.identity": { id },
    "Query.identities": { first: 1, after: Buffer.from(before(id)).toString("base64url") },
    "Query.identityByIdentifier": { identifier: "signed-up@example.com" },
    "Query.identityByExternalId": { externalId: "walked-1" },
    "Query.identitySchema": { id: "default" },
    "Query._entities": { representations: [REFERENCES["Identity"], REFERENCES["IdentitySchema"]] },
    "Query.courierMessage": { id: message },
    "Query.courierMessages": { first: 10 },
    "Query.session": { id: session },
    "Query.sessions": { first: 2 },
    "Viewer.otherSessions": { first: 2 },
    "Query.loginFlow": { id: await flow("login") },
    "Query.registrationFlow": { id: await flow("registration") },
    "Query.recoveryFlow": { id: await flow("recovery") },
    "Query.verificationFlow": { id: await flow("verification") },
    "Query.settingsFlow": { id: await flow("settings", sessionToken), sessionToken },
    "Query.selfServiceError": { id: "stub:500" },
    "Mutation.createIdentity": { input: () => ({ schemaId: "default", traits: { email: email() } }) },
    "Mutation.importIdentities": { input: () => ({ identities: [email(), email()].map((one) => ({ schemaId: "default", traits: { email: one } })) }) },
    "Mutation.updateIdentity": { input: () => ({ id, traits: { email: email() } }) },
    "Mutation.patchIdentity": { input: () => ({ id, traits: { merge: { age: 40 } }, metadataPublic: { plan: randomUUID() } }) },
    "Mutation.verifyAddress": { input: { identityId: other, address: "signed-up@example.com" } },
    "Mutation.createRecoveryLink": { input: { identityId: id } },
    "Mutation.createRecoveryCode": { input: { identityId: id } },
    "Mutation.deleteIdentityCredential": {
      input: async () => {
        const { identityId } = await signUp(kratos, { email: email() });
        await patchIdentity(kratos, identityId, [{ op: "add", path: "/metadata_admin", value: { note: `canary-${identityId}` } }]);
        await patchIdentity(kratos, identityId, [{ op: "add", path: "/credentials/totp", value: { config: { totp_url: "otpauth://totp/a" } } }]);
        return { identityId, type: "totp" };
      },
    },
    "Mutation.extendSession": { input: { id: session } },
    "Mutation.revokeIdentitySessions": { input: { identityId: silent } },
    "Mutation.revokeSession": { input: { id: changing } },
    "Mutation.updateViewerTraits": { input: { traits: { age: 41, name: { first: "Ann" } } } },
    "Mutation.deleteIdentity": { input: async () => ({ id: (await createIdentities(kratos, "default", [{ email: email() }]))[0] }) },
  };
});

/** The UUID that precedes another. */
const before = (id: string): string => id.slice(0, 24) + (parseInt(id.slice(24), 16) - 1).toString(16).padStart(12, "0");

/** The IDs of the sessions of an identity. */
async function sessionsOf(identityId: string): Promise<string[]> {
  const response = await fetch(`${kratos.adminUrl}/admin/identities/${identityId}/sessions?page=1&per_page=10`);
  return ((await response.json()) as { id: string }[]).map((session) => session.id);
}

interface Answer {
  readonly errors: readonly { readonly message: string; readonly extensions?: Readonly<Record<string, unknown>> }[];
  /** The values at the end of the path, including null. */
  readonly found: readonly unknown[];
  readonly sent: object;
  readonly text: readonly string[];
}

async function ask({ path, written }: Probe, headers: Record<string, string>, at: FacadeUnderTest): Promise<Answer> {
  const variables: Record<string, unknown> = {};
  for (const [name, { of, argument }] of written.given) {
    const entity = path[0] === of && nameOf(of) === "Query._entities" ? REFERENCES[path[1]?.parent.name ?? ""] : undefined;
    const value = entity ? [entity] : VALUES[nameOf(of)]![argument];
    variables[name] = typeof value === "function" ? await value() : value;
  }
  const { data, errors = [] } = await at.send(written.text, variables, headers);
  const found = written.keys.reduce<unknown[]>(
    (parents, key) => parents.flatMap((parent) => (isObject(parent) && key in parent ? parent[key] : [])),
    [data],
  );
  return { errors, found, sent: variables, text: [...stringsIn(data), ...errors.flatMap(({ message, extensions }) => [message, ...stringsIn(extensions)])] };
}

/** Mutations and queries with directives are always executed by graphql-js. */
const isCompilable = ({ path, written }: Probe): boolean => path[0]!.parent === schema.getQueryType() && !written.text.includes("@");

/** Problems of the guard at the end of a path: none if it holds with both executors. */
async function holesAt(probe: Probe, at: FacadeUnderTest): Promise<string[]> {
  const holes = new Set<string>();
  const { scope, path, written } = probe;
  const runs = () => mockCompiledRuns.filter((text) => text === written.text).length;

  /** Sends the query once, and records the problems with the executor that ran it. */
  const askBy = async (headers: Record<string, string>, wrong: (answer: Answer) => readonly string[]) => {
    const before = runs();
    const answer = await ask(probe, headers, at);
    const executor = runs() > before ? "compiled" : "graphql-js";
    for (const hole of wrong(answer)) holes.add(`${executor}: ${hole}`);
    return { answer, executor };
  };
  const given = ({ errors, found }: Answer) => {
    const isFound = isEmpty(path) || found.some((value) => value !== null);
    return [...(errors.length > 0 ? [`with its scopes there is an error: ${errors[0]!.message}`] : []), ...(isFound ? [] : ["with its scopes nothing is found"])];
  };
  const refusedFor = (missing: readonly Scope[]) => ({ errors, found, sent, text }: Answer) => {
    const named = errors.every(({ message, extensions }) => missing.some((one) => extensions?.["code"] === "FORBIDDEN" && extensions["requiredScope"] === one && message.includes(one)));
    const secrets = [...stringsIn(first.found), ...stringsIn(sent)].filter((secret) => secret.length >= 6);
    const leaks = found.some((value) => value !== null) || secrets.some((secret) => text.some((one) => one.includes(secret)));
    return [...(errors.length === 0 || !named ? ["it is not FORBIDDEN by name"] : []), ...(leaks ? ["the value comes without the scope"] : [])];
  };

  const { answer: first } = await askBy(withKey(scopesOn(path)), given);
  let { executor } = await askBy(withKey(allBut(scope)), refusedFor([scope]));
  if (isCompilable(probe)) {
    // It is compiled in the background.
    for (let tries = 0; executor !== "compiled" && tries < 50; tries++) {
      await new Promise((resolve) => setTimeout(resolve, tries));
      ({ executor } = await askBy(withKey(scopesOn(path)), given));
    }
    if (executor !== "compiled") holes.add("it was never compiled");
    await askBy(withKey(allBut(scope)), refusedFor([scope]));
  }
  // Last, so that queries are compiled by now: those of users never are, because they fail.
  if (at === facade && !ALSO_OF_VIEWERS.includes(nameOf(path.at(-1)!))) await askBy(user.headers, refusedFor(scopesOn(path)));
  return [...holes].map((hole) => `${probe.name}: ${hole}`);
}

const walk = async (probes: readonly Probe[], at: FacadeUnderTest) => (await pMap(probes, (probe) => holesAt(probe, at), { concurrency: 8 })).flat();

it("the table lists exactly the fields that type-graphql guards, and those of federation", () => {
  expect(GUARDS).toEqual({ ...guardsInMetadata(), ...Object.fromEntries(FEDERATION.map((name) => [name, GUARDS[name]])) });
});

it("every field of Query and Mutation is guarded", () => {
  const roots = paths.filter(({ length }) => length === 1).map(([step]) => nameOf(step!));
  // It has the SDL, which is guarded itself, as the field must not be null.
  expect(roots.filter((name) => !(name in GUARDS))).toEqual(["Query._service"]);
  expect([...new Set(viewerPaths.map(([root]) => nameOf(root!)))].sort()).toEqual([...OF_VIEWERS].sort());
});

it("every path to an identity, a schema, a session, a flow, a link or the system is guarded by its scope", () => {
  const kept = Object.entries(KEPT).flatMap(([name, scope]) => objectsOf(schema, schema.getType(name)!).map((type) => [type, scope] as const));
  for (const [type, scope] of kept) {
    // References can be of any type: see below.
    const ways = paths.filter((path) => nameOf(path.at(-1)!) !== "Query._entities" && objectsOf(schema, getNamedType(path.at(-1)!.field.type)).includes(type));
    expect(ways.length).toBeGreaterThan(0);
    expect(ways.filter((path) => !scopesOn(path).includes(scope)).map(described)).toEqual([]);
  }
});

it("the SDL states the scopes of each path for gateways, so that they refuse what the server refuses, and no more", () => {
  const stated = statedScopes();
  const ours = paths.filter(([root]) => !FEDERATION.includes(nameOf(root!)) && nameOf(root!) !== "Query._service");
  // What signed-in users may do without a scope has none in the SDL: a gateway would demand it from them, too.
  const required = (path: Path) => scopesOn(path.filter((step) => !ALSO_OF_VIEWERS.includes(nameOf(step))));
  const differs = (path: Path) => setName([...new Set(path.flatMap((step) => stated.get(nameOf(step)) ?? []))]) !== setName(required(path));
  expect(ours.filter(differs).map(described)).toEqual([]);
});

it.each([...ENTITY_SCOPES])("a reference to an entity of the type %s requires %s alone", async (name, scope) => {
  const query = "query ($of: [_Any!]!) { _entities(representations: $of) { __typename } }";
  const send = (scopes: readonly Scope[]) => facade.send(query, { of: [REFERENCES[name]] }, { authorization: `Bearer ${keyOf.get(setName(scopes))}` });
  expect(await send([scope])).toEqual({ data: { _entities: [{ __typename: name }] }, errors: undefined });
  const { data, errors } = await send(allBut(scope));
  expect(data).toEqual({ _entities: [null] });
  expect(errors!.map(({ extensions }) => extensions!["requiredScope"])).toEqual([scope]);
});

it("the SDL states the scope of a reference for each field of an entity, except for its keys, which the other subgraph has", () => {
  const stated = statedScopes();
  for (const [name, scope] of ENTITY_SCOPES) {
    const open = objectsOf(schema, schema.getType(name)!).flatMap((type) =>
      Object.keys(type.getFields()).filter((field) => !stated.get(`${name}.${field}`)?.includes(scope)),
    );
    expect({ name, open: open.filter((field) => !sdl.includes(`@key(fields: "${field}")`)) }).toEqual({ name, open: [] });
    expect(open).toContain("id");
  }
});

it("the walk finds all paths to metadataAdmin, including payloads, flows and entities", () => {
  const ways = probesOf("Identity.metadataAdmin", ["plain"]).map(({ path }) => path.map(({ field }) => field.name).join("."));
  expect(ways.sort()).toEqual([
    "_entities.identity.metadataAdmin",
    "_entities.metadataAdmin",
    "createIdentity.identity.metadataAdmin",
    "deleteIdentityCredential.identity.metadataAdmin",
    "extendSession.session.identity.metadataAdmin",
    "identities.edges.node.metadataAdmin",
    "identity.metadataAdmin",
    "identityByExternalId.metadataAdmin",
    "identityByIdentifier.metadataAdmin",
    "importIdentities.results.identity.metadataAdmin",
    "patchIdentity.identity.metadataAdmin",
    "revokeIdentitySessions.identity.metadataAdmin",
    "revokeSession.session.identity.metadataAdmin",
    "session.identity.metadataAdmin",
    "sessions.edges.node.identity.metadataAdmin",
    "settingsFlow.identity.metadataAdmin",
    "updateIdentity.identity.metadataAdmin",
    "verifyAddress.identity.metadataAdmin",
  ]);
});

it.each(Object.entries(GUARDS))("%s is forbidden without %s on every path, and returned with only the scopes of the path", async (guard) => {
  const probes = probesOf(guard, STYLES);
  expect(probes.length).toBeGreaterThan(3);
  expect(await walk(probes, facade)).toEqual([]);
});

it.each(Object.keys(GUARDS))("the walk detects on every path that the guard of %s is removed", async (guard) => {
  mockOpened = guard;
  const open = await startFacade(kratos, { authentication: { apiKeys } });
  mockOpened = undefined;
  // Nothing is open on a path with another guard of the same scope.
  const probes = probesOf(guard, ["plain"]).filter(({ path, scope }) => path.filter((step) => scopeOf(path, step) === scope).length === 1);
  if (probes.length === 0) expect(GUARDS_OF_VIEWERS).toContain(guard);
  const holes = await walk(probes, open);
  for (const probe of probes) {
    const { name, path } = probe;
    const executors = isCompilable(probe) ? ["graphql-js", "compiled"] : ["graphql-js"];
    for (const executor of executors) {
      expect(holes).toContain(`${name}: ${executor}: it is not FORBIDDEN by name`);
      if (!isEmpty(path)) expect(holes).toContain(`${name}: ${executor}: the value comes without the scope`);
    }
  }
});

describe("a path that starts with the viewer", () => {
  const isTo = (path: Path, type: string) => getNamedType(path.at(-1)!.field.type).name === type;
  const GUARDS_BELOW_VIEWER = Object.keys(GUARDS).filter((guard) => viewerPaths.some((path) => nameOf(path.at(-1)!) === guard));
  const open = viewerPaths.filter((path) => scopesOn(path).length === 0);
  /** Asks for all of what the field at the end of a path has. */
  const askAll = (ways: readonly Path[], headers: Record<string, string>) => pMap(toProbes(ways, ["plain"]), async (probe) => ({ probe, ...(await ask(probe, headers, facade)) }), { concurrency: 8 });

  it("is the only one to an identity, a session or a schema without a scope", () => {
    const names = (type: string) => open.filter((path) => isTo(path, type)).map((path) => path.map(({ field }) => field.name).join(".")).sort();
    expect(names("Identity")).toEqual(["updateViewerTraits.viewer.identity", "viewer.identity"]);
    expect(names("Session")).toEqual(["updateViewerTraits.viewer.otherSessions.edges.node", "updateViewerTraits.viewer.session", "viewer.otherSessions.edges.node", "viewer.session"]);
    expect(names("IdentitySchema")).toEqual(["updateViewerTraits.viewer.identity.schema", "viewer.identity.schema"]);
    const kept = Object.keys(KEPT).flatMap((name) => objectsOf(schema, schema.getType(name)!)).map(({ name }) => name);
    expect(kept.filter((name) => names(name).length > 0).sort()).toEqual(["Identity", "IdentitySchema", "Session"]);
  });

  it("leads signed-in users to themselves and their sessions, and to nobody else", async () => {
    // It would leave no other sessions for the rest.
    const answers = await askAll(open.filter(([root]) => nameOf(root!) !== "Mutation.revokeOtherSessions"), user.headers);
    expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
    const idsAt = (type: string) => answers.filter(({ probe }) => isTo(probe.path, type)).map(({ found }) => [...new Set(found.map((one) => (one as { id: string }).id))]);
    expect(idsAt("Identity")).toEqual([[user.id], [user.id]]);
    expect(idsAt("Session").flat().every((id) => user.sessions.includes(id))).toBe(true);
    expect(new Set(idsAt("Session").flat())).toEqual(new Set(user.sessions));
    expect(idsAt("IdentitySchema")).toEqual([["default"], ["default"]]);
    // Whatever the path, nothing in the responses is of anyone else.
    const others = [REFERENCES["Identity"]!.id, REFERENCES["Session"]!.id, "walked@example.com", "signed-up@example.com", "silent@example.com", "canary-"];
    expect(others.filter((other) => answers.some(({ text }) => text.some((one) => one.includes(other))))).toEqual([]);
    expect((await readIdentity(kratos, user.id)).traits).toEqual({ email: "signed-in@example.com", age: 41, name: { first: "Ann" } });
  });

  it.each(GUARDS_BELOW_VIEWER)("requires the scope of %s from signed-in users, too", async (guard) => {
    const answers = await askAll(viewerPaths.filter((path) => nameOf(path.at(-1)!) === guard), user.headers);
    for (const { probe, errors, found, text } of answers) {
      const first = probe.path.flatMap((step) => scopeOf(probe.path, step) ?? [])[0];
      expect({ name: probe.name, errors, found: found.filter((one) => one !== null) }).toEqual({
        name: probe.name,
        errors: expect.arrayContaining([expect.objectContaining({ extensions: { code: "FORBIDDEN", requiredScope: first } })]),
        found: [],
      });
      expect(errors.every(({ extensions }) => extensions!["requiredScope"] === first)).toBe(true);
      expect(text.filter((one) => one.includes("canary-"))).toEqual([]);
    }
  });

  it("leads callers with an API key nowhere, whatever its scopes", async () => {
    const [queries, mutations] = [viewerPaths.filter(([root]) => nameOf(root!) === "Query.viewer"), viewerPaths.filter(([root]) => nameOf(root!) !== "Query.viewer")];
    const all = withKey(allBut("system:read"));
    for (const { errors, text } of await askAll(queries, all)) expect({ errors, text }).toEqual({ errors: [], text: [] });
    for (const { found, errors } of await askAll(mutations, all)) {
      expect(found.filter((one) => one !== null)).toEqual([]);
      expect(errors).toEqual([expect.objectContaining({ extensions: expect.objectContaining({ code: "FORBIDDEN", outcome: "NOT_SENT" }) })]);
    }
  });
});

/** The scopes of `@requiresScopes` in the SDL. */
function statedScopes(): ReadonlyMap<string, readonly Scope[]> {
  const types = parse(sdl).definitions.filter((definition) => definition.kind === Kind.OBJECT_TYPE_DEFINITION);
  return new Map(
    types.flatMap(({ name: type, fields = [] }) =>
      fields.flatMap(({ name, directives = [] }) => {
        const [argument] = directives.find((directive) => directive.name.value === "requiresScopes")?.arguments ?? [];
        if (!argument) return [];
        const [scopes, ...alternatives] = valueFromASTUntyped(argument.value) as Scope[][];
        expect(alternatives).toEqual([]);
        return [[`${type.value}.${name.value}`, scopes!] as const];
      }),
    ),
  );
}

/** The scopes of `@Authorized`, from the metadata of type-graphql. */
function guardsInMetadata(): Record<string, unknown> {
  type Target = { readonly target: unknown };
  type Handler = Target & { readonly methodName: string; readonly schemaName: string };
  const storage = (globalThis as unknown as { TypeGraphQLMetadataStorage: Record<string, unknown> }).TypeGraphQLMetadataStorage as unknown as {
    readonly authorizedFields: readonly (Target & { readonly fieldName: string; readonly roles: readonly unknown[] })[];
    readonly authorizedResolver: readonly unknown[];
    readonly queries: readonly Handler[];
    readonly mutations: readonly Handler[];
    readonly fieldResolvers: readonly (Handler & { getObjectType?(): unknown })[];
    readonly objectTypes: readonly (Target & { readonly name: string; readonly fields: readonly { readonly name: string; readonly schemaName: string }[] })[];
  };
  expect(storage.authorizedResolver).toEqual([]);
  const { objectTypes, queries, mutations, fieldResolvers } = storage;
  const nameOfType = (target: unknown) => objectTypes.find((type) => type.target === target)?.name;
  const fields = [
    ...queries.map((one) => ({ ...one, type: "Query" })),
    ...mutations.map((one) => ({ ...one, type: "Mutation" })),
    ...fieldResolvers.map((one) => ({ ...one, type: nameOfType(one.getObjectType?.()) })),
    ...objectTypes.flatMap(({ target, name: type, fields: own }) => own.map(({ name, schemaName }) => ({ target, methodName: name, schemaName, type }))),
  ];
  return Object.fromEntries(
    storage.authorizedFields.map(({ target, fieldName, roles: [scope, ...more] }) => {
      const field = fields.find((one) => one.target === target && one.methodName === fieldName);
      const name = `${field?.type}.${field?.schemaName ?? fieldName}`;
      expect(more).toEqual(ALSO_OF_VIEWERS.includes(name) ? [OR_VIEWER] : []);
      return [name, scope];
    }),
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function stringsIn(value: unknown): string[] {
  if (isObject(value)) return Object.values(value).flatMap(stringsIn);
  return typeof value === "string" ? [value] : [];
}
