import { parse, validate, type OperationDefinitionNode } from "graphql";
import { startFakeKratos } from "../fake-kratos/index.js";
import { buildFacadeSchema } from "../../src/graphql/schema.js";
import { SAMPLES } from "../../src/server/explorer/samples.js";
import { fetchGraphQL } from "../support/http.js";
import { createIdentities, signUp, startApiFlow, type FlowKind } from "../support/kratos-api.js";
import { dataOf, startFacade, useFacade, type Reply } from "../support/use-facade.js";

const { facade, kratos } = useFacade(startFakeKratos);

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
    expect(html).toMatch(/<script src="https:\/\/embeddable-sandbox\.cdn\.apollographql\.com\/v\d+\//);
    expect(html).toContain('<a href="/explorer/">');
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

  it("serves an explorer at /explorer, with all of its files", async () => {
    const page = await fetch(`${facade.url}/explorer`, { headers: asBrowser });
    expect(page.url).toBe(`${facade.url}/explorer/`);
    const html = await page.text();
    expect(page.headers.get("content-security-policy")).toContain("default-src 'self'");
    const files = [...html.matchAll(/(?:src|href)="([^"]+\.(?:js|css|ico|svg))"/g)].map(([, file]) => file!);
    expect(files.length).toBeGreaterThan(5);
    for (const file of files) expect(await statusOf(new URL(file, page.url).href)).toBe(200);
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

it("says how to enable explorers if they are disabled, and still serves GraphQL", async () => {
  const closed = await startFacade(kratos, { explorers: false, introspection: false });
  for (const [path, status] of [["/graphql", 400], ["/explorer", 404], ["/explorer/", 404], ["/explorer/main.js", 404]] as const) {
    const answer = await fetch(closed.url + path, { headers: asBrowser });
    expect(answer.status).toBe(status);
    expect(((await answer.json()) as any).errors[0].message).toContain("EXPLORERS=true");
  }
  expect(await fetchGraphQL(`${closed.url}/graphql`, { query: "{ version }" }, asBrowser)).toEqual({ data: { version: "v26.2.0" } });
});

describe("the sample operations", () => {
  const { schema } = buildFacadeSchema();
  const documents = SAMPLES.map(({ name, document, variables }) => ({ name, text: document, parsed: parse(document), variables }));
  const operations = documents.flatMap(({ text, parsed, variables }) =>
    parsed.definitions.flatMap((one) => (one.kind === "OperationDefinition" ? [{ name: one.name?.value ?? "", text, parsed, variables, one }] : [])),
  );
  const fieldsOf = ({ selectionSet }: OperationDefinitionNode) => selectionSet.selections.map((one) => (one.kind === "Field" ? one.name.value : ""));

  it("have one operation for each root field, named like the field", () => {
    const roots = [schema.getQueryType()!, schema.getMutationType()!].flatMap((type) => Object.keys(type.getFields()));
    expect(operations.flatMap(({ one }) => fieldsOf(one)).sort()).toEqual(roots.sort());
    for (const { name, one } of operations) expect(name.toLowerCase()).toBe(fieldsOf(one)[0]!.replace("_", "").toLowerCase());
  });

  it.each(documents)("$name is valid", ({ parsed }) => {
    expect(validate(schema, parsed)).toEqual([]);
  });

  it.each(operations)("$name can be sent as it is, except that the placeholder of an ID is explained, and a settings flow needs the session of its user", async ({ name, text, variables }) => {
    const { errors = [] } = await send(text, name, variables);
    expect(errors.map(({ extensions }) => extensions?.["code"])).toEqual(name === "SettingsFlow" ? ["FORBIDDEN"] : name === "Identity" ? ["BAD_USER_INPUT"] : []);
  });

  it("return data if their IDs exist", async () => {
    const [id] = await createIdentities(kratos, "default", [{ email: "sample@example.com" }]);
    const { sessionToken } = await signUp(kratos, { email: "signed-up@example.com" });
    const flow = async (kind: FlowKind, token?: string) => ({ id: (await startApiFlow(kratos, kind, token)).id, sessionToken: token });
    const values: Record<string, object> = {
      Identity: { id },
      CreateIdentity: { create: { schemaId: "default", traits: { email: "created@example.com" } } },
      UpdateIdentity: { update: { id, traits: { email: "updated@example.com" } } },
      CreateRecoveryLink: { link: { identityId: id, expiresIn: "1h" } },
      DeleteIdentity: { delete: { id } },
      Entities: { representations: [{ __typename: "Identity", id }] },
      LoginFlow: await flow("login"),
      RegistrationFlow: await flow("registration"),
      RecoveryFlow: await flow("recovery"),
      VerificationFlow: await flow("verification"),
      SettingsFlow: await flow("settings", sessionToken),
    };
    const deleteLast = [...operations].sort((a, b) => Number(a.name === "DeleteIdentity") - Number(b.name === "DeleteIdentity"));
    for (const { name, text, variables } of deleteLast) {
      const [answer] = Object.values<any>(dataOf(await send(text, name, { ...variables, ...values[name] }))).flat();
      expect([name, answer]).toEqual([name, expect.anything()]);
      expect(answer.userErrors ?? []).toEqual([]);
    }
  });
});

/** Sends one operation of a document. */
function send(query: string, operationName: string, variables: object): Promise<Reply<Record<string, any>>> {
  return fetchGraphQL(`${facade.url}/graphql`, { query, operationName, variables });
}
