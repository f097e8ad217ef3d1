import { execFile, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { buildSchema, getOperationAST, parse, validate } from "graphql";
import { parse as parseYaml } from "yaml";
import { createApiKey, parseApiKeys } from "../../src/server/auth/api-key.js";
import { startFakeKratos } from "../fake-kratos/index.js";
import { startProgram } from "../support/child-process.js";
import { codesOf, postJson } from "../support/http.js";
import { stopAfterTest, useServers } from "../support/lifecycle.js";
import { captureLog } from "../support/logs.js";
import { createFacadeUnderTest } from "../support/use-facade.js";

/* The operations of examples/react as the safelist of a server, and as the tools of deploy/mcp/config.yaml. */
interface Operation {
  readonly id: string;
  readonly name: string;
  readonly type: "query" | "mutation";
  readonly body: string;
}

const CONFIG = "deploy/mcp/config.yaml";
const config = parseYaml(readFileSync(CONFIG, "utf8"));
const agent = createApiKey("agent", ["identities:read"]);
const auditLog = captureLog();
/** Of a sample identity. */
const EMAIL = "soren.agard@example.dk";

const { facade, manifest } = useServers(async (cleanups) => {
  // What `npm run manifest` runs. The packages are those of this project if the example's are not installed.
  const inExample = { cwd: resolve("examples/react") };
  const codegen = dirname(require.resolve("@graphql-codegen/cli/package.json", { paths: [inExample.cwd] }));
  await promisify(execFile)(process.execPath, [join(codegen, "cjs/bin.js"), "--config", "codegen.ts", "--silent"], inExample);
  await promisify(execFile)(process.execPath, ["--import", "tsx", "manifest.ts"], inExample);
  const safelist = readFileSync(config.operations.path, "utf8");
  const kratos = cleanups.use(await startFakeKratos());
  const options = { authentication: { apiKeys: parseApiKeys(agent.line) }, auditLogger: auditLog.logger, safelist };
  const facade = cleanups.use(await createFacadeUnderTest(kratos, options));
  return { facade, manifest: JSON.parse(safelist) as { readonly operations: readonly Operation[] } };
}, 60_000);

/** Sends an operation as Apollo MCP Server does: always as text, never by its ID. */
function call(query: string, operationName: string, variables: object = {}) {
  const extensions = { clientLibrary: { name: "mcp", version: "2.1.0" } };
  return postJson(facade.url, { variables, query, extensions, operationName }, { authorization: `Bearer ${agent.key}` });
}

const bodyOf = (name: string) => manifest.operations.find((operation) => operation.name === name)!.body;
/** The names of all queries, which the agent may use. */
const queryNames = () => manifest.operations.flatMap(({ type, name }) => (type === "query" ? [name] : [])).sort();

it("the manifest has each operation of the app once, and all are valid", () => {
  const { operations } = manifest;
  const schema = buildSchema(readFileSync(config.schema.path, "utf8"));
  expect(operations.length).toBeGreaterThan(5);
  for (const { name, type, body } of operations) {
    const document = parse(body);
    expect(validate(schema, document)).toEqual([]);
    expect(getOperationAST(document)).toMatchObject({ name: { value: name }, operation: type });
  }
  for (const unique of ["id", "name", "body"] as const) expect(new Set(operations.map((operation) => operation[unique])).size).toBe(operations.length);
});

it("the configuration describes each query of the manifest, and makes no mutation a tool", () => {
  expect(Object.keys(config.overrides.descriptions).sort()).toEqual(queryNames());
  expect(config.overrides.mutation_mode).toBe("none");
});

it("every operation of the manifest is accepted as text, and no other one", async () => {
  for (const { name, body } of manifest.operations) {
    expect(codesOf(await call(body, name))).not.toContain("OPERATION_NOT_ON_SAFELIST");
    const others = [`"""A description."""\n${body}`, `# A comment.\n${body}`, body.replaceAll("\n", " "), `${body} query Version { version }`];
    for (const other of others) expect(codesOf(await call(other, name))).toEqual(["OPERATION_NOT_ON_SAFELIST"]);
  }
});

it("an agent whose key has only identities:read finds identities, and can change nothing", async () => {
  const found = (await call(bodyOf("SearchIdentities"), "SearchIdentities", { text: EMAIL, externalId: EMAIL, first: 2 })).body;
  const [{ node: { id, traits } }] = found.data.withIdentifier.edges;
  expect([found.errors, traits.email]).toEqual([undefined, EMAIL]);
  expect((await call(bodyOf("EditIdentity"), "EditIdentity", { id })).body.data.identity).toMatchObject({ id, traits });
  auditLog.lines.length = 0;
  const refused = await call(bodyOf("DeleteIdentity"), "DeleteIdentity", { input: { id } });
  expect(refused.body.errors[0].extensions).toMatchObject({ code: "FORBIDDEN", requiredScope: "identities:delete" });
  expect(auditLog.entries()).toMatchObject([{ audit: true, caller: "key:agent", mutation: "deleteIdentity", identityId: id, outcome: "NOT_SENT" }]);
  expect((await call(bodyOf("EditIdentity"), "EditIdentity", { id })).body.data.identity.id).toBe(id);
});

const hasMcpServer = spawnSync("apollo-mcp-server", ["--version"]).status === 0;
(hasMcpServer ? it : it.skip)("Apollo MCP Server offers each query as a tool, and its calls are on the safelist", async () => {
  const env = { APOLLO_MCP_ENDPOINT: `${facade.url}/graphql`, KRATOS_GRAPHQL_KEY: agent.key };
  const server = startProgram("apollo-mcp-server", [CONFIG], { env });
  // While its standard input is open, it does not end.
  await stopAfterTest({
    stop: () => {
      server.stdin.end();
      return server.stop();
    },
  });
  const send = (message: object) => server.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  const request = async (id: number, method: string, params: object) => {
    send({ id, method, params });
    const [line] = await server.waitFor(new RegExp(`^.*"id":${id}\\b.*$`, "m"));
    return JSON.parse(line).result;
  };
  await request(1, "initialize", { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "test", version: "1" } });
  send({ method: "notifications/initialized" });
  const { tools } = await request(2, "tools/list", {});
  expect(tools.map(({ name }: any) => name).sort()).toEqual(queryNames());
  for (const { name, description } of tools) expect(description).toBe(config.overrides.descriptions[name]);
  const { content, isError } = await request(3, "tools/call", { name: "SearchIdentities", arguments: { text: EMAIL, externalId: EMAIL, first: 2 } });
  expect(isError).toBe(false);
  expect(JSON.parse(content[0].text).data.withIdentifier.edges).toMatchObject([{ node: { traits: { email: EMAIL } } }]);
}, 60_000);
