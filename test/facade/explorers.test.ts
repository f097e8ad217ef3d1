import { readdirSync } from "node:fs";
import { coerceInputValue, parse, validate, type GraphQLInputType, type OperationDefinitionNode } from "graphql";
import { startFakeKratos } from "../fake-kratos/index.js";
import { SAMPLE_IDENTITY_ID, SAMPLE_SCHEMAS } from "../../src/fake-kratos/index.js";
import { buildFacadeSchema } from "../../src/graphql/schema.js";
import type { TraitsSchema } from "../../src/graphql/traits/traits.js";
import { parseApiKeys } from "../../src/server/auth/api-key.js";
import { createSamples, type Sample } from "../../src/server/explorer/samples.js";
import { fetchGraphQL } from "../support/http.js";
import { signUp, startApiFlow, type FlowKind } from "../support/kratos-api.js";
import { stopAfterTest } from "../support/lifecycle.js";
import { dataOf, startFacade, useFacade } from "../support/use-facade.js";

const { facade, kratos } = useFacade(startFakeKratos);

/** Typed traits, as a server with the built-in fake Kratos has them. */
const traits = { schemas: SAMPLE_SCHEMAS, trustsSchema: false };

const asBrowser = { accept: "text/html,*/*" };
/** Reads the whole response, which would otherwise keep the server open. */
const statusOf = async (url: string) => {
  const response = await fetch(url);
  await response.arrayBuffer();
  return response.status;
};

describe("if explorers are enabled", () => {
  it("serves Apollo Sandbox to browsers at /graphql, with a link to the self-contained explorer", async () => {
    const page = await fetch(`${facade.url}/graphql`, { headers: asBrowser });
    const html = await page.text();
    expect(page.status).toBe(200);
    expect(html).toMatch(/"https:\/\/embeddable-sandbox\.cdn\.apollographql\.com\/v\d+\//);
    expect(html).toContain('<a href="explorer/">');
  });

  it("lets the Sandbox page load only from Apollo and send only to this server", async () => {
    const page = await fetch(`${facade.url}/graphql`, { headers: asBrowser });
    await page.arrayBuffer();
    const policy = page.headers.get("content-security-policy")!;
    const hosts = [...policy.matchAll(/https:\/\/([^\s/;]+)/g)].map(([, host]) => host!);
    expect(hosts.length).toBeGreaterThan(0);
    expect(hosts.filter((host) => !host.endsWith(".apollographql.com"))).toEqual([]);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("connect-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe");
  });

  it("serves an explorer at /explorer, with all of its files, which runs no script of others, and no inline script", async () => {
    const page = await fetch(`${facade.url}/explorer`, { headers: asBrowser });
    expect(page.url).toBe(`${facade.url}/explorer/`);
    const html = await page.text();
    const policy = page.headers.get("content-security-policy")!;
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; worker-src 'self';/);
    expect(policy).not.toMatch(/https?:|unsafe-eval/);
    const files = [...html.matchAll(/(?:src|href)="([^":]+)"/g)].map(([, file]) => file!);
    expect(files).toEqual(["main.css", "main.js"]);
    for (const file of [...files, ...readdirSync("dist/explorer")]) expect(await statusOf(new URL(file, page.url).href)).toBe(200);
  });

  it("responds with 404 to paths that are not files of the explorer", async () => {
    for (const path of ["/explorer/nope.js", "/explorer/..%2f..%2fpackage.json"]) expect(await statusOf(facade.url + path)).toBe(404);
  });

  it("serves no page to clients that accept JSON", async () => {
    const answer = await fetch(`${facade.url}/graphql`, { headers: { accept: "application/json" } });
    expect(answer.headers.get("content-type")).toContain("application/json");
    await answer.arrayBuffer();
  });
});

describe("the landing page at /", () => {
  const open = async (url: string, accept: string) => {
    const response = await fetch(url, { headers: { accept } });
    return { status: response.status, policy: response.headers.get("content-security-policy"), text: await response.text() };
  };

  it("tells browsers what this server is, and links to the explorers", async () => {
    const { status, policy, text } = await open(facade.url, asBrowser.accept);
    expect(status).toBe(200);
    expect(text).toContain("A GraphQL API for the identities in");
    const links = [...text.matchAll(/href="(?!https:|data:)([^"]+)"/g)].map(([, link]) => link!);
    expect(links).toEqual(["explorer/", "graphql", "health/live", "health/ready"]);
    for (const link of links) expect((await open(`${facade.url}/${link}`, asBrowser.accept)).status).toBe(200);
    expect(policy).toMatch(/^default-src 'none';/);
    expect(policy).not.toMatch(/unsafe|https?:/);
  });

  it("contains a first query that can be sent", async () => {
    const { text } = await open(facade.url, asBrowser.accept);
    const [, body] = /-d '(.+?)'/s.exec(text)!;
    const { identities } = dataOf(await facade.send(JSON.parse(body!).query));
    expect(identities.edges).toHaveLength(2);
    expect(identities.edges[0].node.traits).toHaveProperty("email");
  });

  it("contains a first query with typed traits, if there are any", async () => {
    const typed = await startFacade(kratos, { traits });
    const { text } = await open(typed.url, asBrowser.accept);
    const [, body] = /-d '(.+?)'/s.exec(text)!;
    const { identities } = dataOf(await typed.send(JSON.parse(body!).query));
    expect(identities.edges[0].node.personTraits).toMatchObject({ email: "neelam.sharma@example.in", name: { first: "नीलम" } });
  });

  it("names no explorers if they are disabled", async () => {
    const closed = await startFacade(kratos, { explorers: false, introspection: false });
    const { status, text } = await open(closed.url, asBrowser.accept);
    expect(status).toBe(200);
    expect(text).toContain("/graphql");
    expect(text).not.toMatch(/explorer|GraphiQL|Sandbox/i);
  });

  it.each(["application/json", "*/*"])("is a 404 in JSON for clients that accept %s", async (accept) => {
    const { status, text } = await open(facade.url, accept);
    expect(status).toBe(404);
    expect(JSON.parse(text).errors[0]).toMatchObject({ message: expect.stringContaining("/graphql"), extensions: { code: "NOT_FOUND" } });
  });
});

it("says how to enable explorers if they are disabled, and still serves GraphQL", async () => {
  const closed = await startFacade(kratos, { explorers: false, introspection: false });
  for (const [path, status] of [["/graphql", 400], ["/explorer", 404], ["/explorer/", 404], ["/explorer/main.js", 404]] as const) {
    const answer = await fetch(closed.url + path, { headers: asBrowser });
    expect(answer.status).toBe(status);
    expect(((await answer.json()) as any).errors[0].message).toContain("EXPLORERS=true");
  }
  expect(await fetchGraphQL(`${closed.url}/graphql`, { query: "{ version }" }, asBrowser)).toEqual({ data: { version: "v26.2.0" } });
});

describe.each([
  ["without typed traits", undefined],
  ["with typed traits", traits],
])("the sample operations %s", (_, traits) => {
  const { facade } = useFacade(startFakeKratos, { traits });
  const built = buildFacadeSchema({ traits });
  const { schema } = built;
  const operationsOf = (samples: readonly Sample[]) =>
    samples.flatMap(({ document, variables }) =>
      parse(document).definitions.flatMap((one) => (one.kind === "OperationDefinition" ? [{ name: one.name!.value, query: document, variables, one }] : [])),
    );
  const operations = operationsOf(createSamples({ built }));
  const fieldsOf = ({ selectionSet }: OperationDefinitionNode) => selectionSet.selections.map((one) => (one.kind === "Field" ? one.name.value : ""));

  it("have one operation for each root field, named like the field", () => {
    const roots = [schema.getQueryType()!, schema.getMutationType()!].flatMap((type) => Object.keys(type.getFields()));
    expect(operations.flatMap(({ one }) => fieldsOf(one)).sort()).toEqual(roots.sort());
    for (const { name, one } of operations) expect(name.toLowerCase()).toBe(fieldsOf(one)[0]!.replace("_", "").toLowerCase());
  });

  it("are valid, and show typed traits if there are any", () => {
    for (const { document } of createSamples({ built })) expect(validate(schema, parse(document))).toEqual([]);
    const [{ document }] = createSamples({ built }) as [Sample];
    expect(document.includes("  personTraits { email age name { first last } tags }\n  deviceTraits { serial model }\n")).toBe(traits !== undefined);
  });

  /** What needs the session of a user. */
  const own = ["SettingsFlow", "Viewer", "UpdateViewerTraits", "RevokeOtherSessions"];
  // A placeholder is not an ID.
  const codes: Record<string, readonly string[]> = {
    ...Object.fromEntries(["Identity", "Session", "CourierMessage"].map((name) => [name, ["BAD_USER_INPUT"]])),
    ...Object.fromEntries(own.filter((name) => name !== "Viewer").map((name) => [name, ["FORBIDDEN"]])),
  };
  it.each(operations)("$name can be sent as it is, and only a placeholder of an ID and what needs a session are refused", async ({ name, query, variables }) => {
    const { errors = [] } = await fetchGraphQL(`${facade.url}/graphql`, { query, operationName: name, variables });
    expect(errors.map(({ extensions }: any) => extensions.code)).toEqual(codes[name] ?? []);
  });

  it("have the given ID of an identity in the explorers", async () => {
    const withId = await startFacade(kratos, { sampleIdentityId: SAMPLE_IDENTITY_ID });
    for (const path of ["/graphql", "/explorer/"]) {
      const read = async (url: string) => (await fetch(url + path, { headers: asBrowser })).text();
      expect(await read(withId.url)).toContain(SAMPLE_IDENTITY_ID);
      expect(await read(facade.url)).not.toContain(SAMPLE_IDENTITY_ID);
    }
  });

  it("return data as they are if they have the ID of a sample identity, and the flows, the session and the message exist", async () => {
    const kratos = await stopAfterTest(startFakeKratos());
    const facade = await startFacade(kratos, { traits, authentication: { apiKeys: [], sessions: { optional: true } } });
    const { sessionToken } = await signUp(kratos, { email: "signed-up@example.com" });
    const { sessions, courierMessages } = dataOf(
      await facade.send("{ sessions(active: true) { edges { node { id } } } courierMessages { edges { node { id } } } }"),
    );
    const session = { sessionId: sessions.edges.at(-1).node.id };
    const flow = async (kind: FlowKind, token?: string) => ({ id: (await startApiFlow(kratos, kind, token)).id, sessionToken: token });
    const existing: Record<string, object> = {
      LoginFlow: await flow("login"),
      RegistrationFlow: await flow("registration"),
      RecoveryFlow: await flow("recovery"),
      VerificationFlow: await flow("verification"),
      SettingsFlow: await flow("settings", sessionToken),
      CourierMessage: { messageId: courierMessages.edges[0].node.id },
      Session: session,
      ExtendSession: session,
      RevokeSession: session,
    };
    const samples = operationsOf(createSamples({ identityId: SAMPLE_IDENTITY_ID, built }));
    const deleteLast = samples.sort((a, b) => Number(a.name === "DeleteIdentity") - Number(b.name === "DeleteIdentity"));
    for (const { name, query, variables } of deleteLast) {
      const headers = own.includes(name) && name !== "SettingsFlow" ? { "x-session-token": sessionToken } : undefined;
      const reply = await fetchGraphQL(`${facade.url}/graphql`, { query, operationName: name, variables: { ...variables, ...existing[name] } }, headers);
      const [answer] = Object.values<any>(dataOf(reply)).flat();
      expect([name, answer]).toEqual([name, expect.anything()]);
      expect(answer.userErrors ?? []).toEqual([]);
    }
  });
});

describe("the samples of typed traits", () => {
  const pages = ["/", "/graphql", "/explorer/"];
  const read = async (url: string) => Promise.all(pages.map(async (path) => (await fetch(url + path, { headers: asBrowser })).text()));

  it("are on the pages of a server whose schema anybody may read", async () => {
    for (const page of await read((await startFacade(kratos, { traits })).url)) expect(page).toContain("personTraits");
    for (const page of await read(facade.url)) expect(page).not.toContain("personTraits");
  });

  it("are on no page, which are public, if callers must authenticate or there is no introspection", async () => {
    const apiKeys = parseApiKeys(`shop sha256:${"0".repeat(64)} identities:read`);
    for (const options of [{ authentication: { apiKeys } }, { introspection: false }]) {
      for (const page of await read((await startFacade(kratos, { traits, ...options })).url)) expect(page).not.toContain("personTraits");
    }
  });

  it("show the traits of the identity schemas as they are now", async () => {
    let schemas: readonly TraitsSchema[] = SAMPLE_SCHEMAS;
    const changing = await startFacade(kratos, { traits: { schemas: async () => schemas, trustsSchema: false } });
    schemas = SAMPLE_SCHEMAS.slice(1);
    await changing.reloadTraits();
    for (const page of await read(changing.url)) expect(page).not.toContain("personTraits");
    const [landing] = await read(changing.url);
    expect(landing).toContain("{ id deviceTraits { serial model } }");
  });

  it("are small enough to be read and sent, whatever the identity schemas are, and have values of the right types", async () => {
    const of = (type: string, more: object = {}) => ({ type, ...more });
    const leaf = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`leaf${index}`, of("string")]));
    const level = (depth: number): object => of("object", { properties: { ...leaf, ...(depth > 0 && { leaf0: level(depth - 1), leaf1: { type: "array", items: level(depth - 1) } }) } });
    const wide = of("object", {
      required: ["color", "late"],
      properties: {
        ...(level(3) as { properties: object }).properties,
        born: of("string", { format: "date" }),
        color: of("string", { enum: ["dark-blue"] }),
        late: of("object", { required: ["at"], properties: { at: of("integer"), ratio: of("number"), on: of("boolean") } }),
      },
    });
    const tree = { $ref: "#/definitions/node" };
    const node = of("object", { properties: { children: { type: "array", items: tree }, parent: tree } });
    const schemas = [wide, of("object"), tree, wide].map((schema, index) => ({
      name: `Wide${index}`,
      id: `wide${index}`,
      source: "test",
      schema: { definitions: { node }, properties: { traits: schema } },
    }));
    const built = buildFacadeSchema({ traits: { schemas, trustsSchema: false } });
    const { schema } = built;
    const large = await startFacade(kratos, { traits: { schemas, trustsSchema: false } });
    const [identities, changes] = createSamples({ identityId: SAMPLE_IDENTITY_ID, built }) as [Sample, Sample];
    expect(identities.document).toContain("wide1Traits\n");
    const { errors } = await fetchGraphQL(`${large.url}/graphql`, { query: identities.document, operationName: "Identities" });
    expect(errors).toBeUndefined();
    for (const { document } of [identities, changes]) expect(validate(schema, parse(document))).toEqual([]);
    const { create, update, patch } = changes.variables as Record<string, any>;
    for (const [type, value] of Object.entries({ CreateIdentityInput: create, UpdateIdentityInput: update, PatchIdentityInput: patch })) {
      expect(() => coerceInputValue(value, schema.getType(type) as GraphQLInputType)).not.toThrow();
    }
    expect(create.typedTraits.wide0Traits).toMatchObject({ color: "dark_blue", late: { at: 1, ratio: 1, on: true } });
  });
});
