import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { Reloader } from "../../src/commands/reload.js";
import { loadConfig, type Config } from "../../src/config.js";
import { createApiKey, parseApiKeys } from "../../src/server/auth/api-key.js";
import { makeAuthority } from "../support/certificates.js";
import { graphqlUrlOf, runCli, startProgram, type Program } from "../support/child-process.js";
import { fetchGraphQL, parseJson } from "../support/http.js";
import { stopAfterTest, useServers } from "../support/lifecycle.js";
import { captureLog } from "../support/logs.js";
import { eventually } from "../support/wait.js";

const ID = "11111111-1111-4111-8111-111111111111";
const IDENTITY = { id: ID, schema_id: "default", schema_url: "", traits: { email: "ann@example.com", name: "Ann" } };
const QUERY = `{ identity(id: "${ID}") { traits } }`;
const manifest = (...bodies: string[]) =>
  JSON.stringify({ format: "apollo-persisted-query-manifest", version: 1, operations: bodies.map((body, at) => ({ id: `query-${at}`, body })) });

const old = createApiKey("shop-2025", ["identities:read"]);
const next = createApiKey("shop-2026", ["identities:read"], "2999-01-31");

/** A folder of files as Kubernetes mounts a secret: what is read are symbolic links, and all files are replaced at once. */
function mountSecret(files: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), "reload-"));
  let version = 0;
  const write = (changes: Record<string, string>) => {
    Object.assign(files, changes);
    const data = `..${version++}`;
    mkdirSync(join(folder, data));
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, data, name), content);
    symlinkSync(data, join(folder, "..data.new"));
    renameSync(join(folder, "..data.new"), join(folder, "..data"));
  };
  write({});
  for (const name of Object.keys(files)) symlinkSync(join("..data", name), join(folder, name));
  return { path: (name: string) => join(folder, name), write, stop: async () => rmSync(folder, { recursive: true }) };
}

/** A Kratos behind TLS that requires a client certificate. Both certificates can be replaced. */
async function startTlsKratos() {
  const authorities = await Promise.all([makeAuthority("Old authority"), makeAuthority("New authority")]);
  const pairs = await Promise.all(authorities.map(async (authority) => ({ server: await authority.sign("kratos"), client: await authority.sign("kratos-graphql") })));
  const clients: string[] = [];
  const held: (() => void)[] = [];
  let isHolding = false;
  const tls = (at: number) => ({ ...pairs[at]!.server, ca: authorities[at]!.cert });
  const server: Server = createServer({ ...tls(0), requestCert: true, rejectUnauthorized: true }, (request, response) => {
    clients.push((request.socket as TLSSocket).getPeerCertificate().issuer.CN as string);
    const respond = () => response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(request.url === "/version" ? { version: "v26.2.0" } : request.url?.includes("ids=") ? [IDENTITY] : IDENTITY));
    if (isHolding && request.url !== "/version") held.push(respond);
    else respond();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    certificates: (at: number) => ({ ca: authorities[at]!.cert, cert: pairs[at]!.client.cert, key: pairs[at]!.client.key }),
    /** Authorities of the client certificates so far. */
    clients,
    /** Accepts and presents other certificates from now on. */
    use: (at: number) => server.setSecureContext(tls(at)),
    /** Does not respond until `release` is called. */
    hold: () => void (isHolding = true),
    held,
    release: () => {
      isHolding = false;
      for (const respond of held.splice(0)) respond();
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

const { kratos, secret, program } = useServers(async (cleanups) => {
  const kratos = cleanups.use(await startTlsKratos());
  const secret = cleanups.use(mountSecret({ "api-keys": old.line, ...kratos.certificates(0), safelist: manifest(QUERY), mask: "email" }));
  const files = { API_KEYS: "api-keys", KRATOS_CA: "ca", KRATOS_CLIENT_CERT: "cert", KRATOS_CLIENT_KEY: "key", SAFELIST: "safelist", TRAITS_MASK: "mask" };
  const env = Object.fromEntries(Object.entries(files).map(([name, file]) => [`${name}_FILE`, secret.path(file)]));
  const program = cleanups.use(runCli({ KRATOS_ADMIN_URL: kratos.url, METRICS_PORT: "0", ...env }));
  await graphqlUrlOf(program);
  return { kratos, secret, program };
}, 30_000);

const ask = async (key: string, query = QUERY) => fetchGraphQL(await graphqlUrlOf(program), { query }, { authorization: `Bearer ${key}` });
const identityWith = (traits: object) => ({ data: { identity: { traits } } });
const scrape = async () => (await fetch((await program.waitFor(/Metrics are at (\S+)\./))[1]!)).text();
const linesOf = ({ stdout }: Program, text: string) => stdout.split("\n").map(parseJson).filter(({ msg }) => msg?.includes(text));
/** Changes something, and waits for the line about it. */
const lineAfter = async (text: string, change: () => void) => {
  const before = linesOf(program, text).length;
  change();
  await eventually(`the log says "${text}"`, () => linesOf(program, text).length > before);
  const lines = linesOf(program, text).slice(before);
  expect(lines).toHaveLength(1);
  return lines[0]!;
};

it("accepts other keys when their file is replaced, completes running requests of the old ones, and says so in one line", async () => {
  expect(await ask(old.key)).toEqual(identityWith({ name: "Ann" }));
  expect((await ask(next.key)).errors[0].extensions.code).toBe("UNAUTHENTICATED");
  expect(await scrape()).toMatch(/^kratos_graphql_api_key_next_expiry_timestamp_seconds \+Inf$/m);
  kratos.hold();
  const running = ask(old.key);
  await eventually("the request is running", () => kratos.held.length === 1);

  const line = await lineAfter("Configuration reloaded", () => secret.write({ "api-keys": next.line }));
  expect(line).toMatchObject({ level: 30, changed: ["API_KEYS"], msg: "Configuration reloaded: API_KEYS." });
  kratos.release();
  expect(await running).toEqual(identityWith({ name: "Ann" }));
  expect((await ask(old.key)).errors[0].extensions.code).toBe("UNAUTHENTICATED");
  expect(await ask(next.key)).toEqual(identityWith({ name: "Ann" }));
  expect(await scrape()).toContain(`\nkratos_graphql_api_key_next_expiry_timestamp_seconds ${Date.parse("2999-01-31") / 1000}\n`);
  for (const { line } of [old, next]) expect(program.stdout).not.toContain(line.split(" ")[1]);
}, 30_000);

it("uses another CA and client certificate when Kratos does, and completes running requests over the old connections", async () => {
  kratos.hold();
  const running = ask(next.key);
  await eventually("the request is running", () => kratos.held.length === 1);
  kratos.use(1);
  const line = await lineAfter("Configuration reloaded", () => secret.write(kratos.certificates(1)));
  expect(line.changed).toEqual(["KRATOS_CA", "KRATOS_CLIENT_CERT", "KRATOS_CLIENT_KEY"]);
  kratos.release();
  expect(await running).toEqual(identityWith({ name: "Ann" }));
  expect(new Set(kratos.clients.splice(0))).toEqual(new Set(["Old authority"]));
  expect(await ask(next.key)).toEqual(identityWith({ name: "Ann" }));
  expect(new Set(kratos.clients)).toEqual(new Set(["New authority"]));
}, 30_000);

it("applies nothing if any file is invalid, keeps the previous configuration, and says why in one line", async () => {
  const secondQuery = "{ __typename }";
  const { client, stranger } = { client: kratos.certificates(1), stranger: kratos.certificates(0) };
  const line = await lineAfter("remains in use", () => secret.write({ key: stranger.key, safelist: manifest(secondQuery), mask: "name" }));
  expect(line).toMatchObject({ level: 50, msg: expect.stringContaining("The new configuration is invalid, so the previous one remains in use: KRATOS_CLIENT_KEY must be the private key of the certificate") });
  expect(await ask(next.key)).toEqual(identityWith({ name: "Ann" }));
  expect((await ask(next.key, secondQuery)).errors[0].extensions.code).toBe("OPERATION_NOT_ON_SAFELIST");

  // An empty file of keys would be a server without authentication, or one that nobody can use.
  const empty = await lineAfter("remains in use", () => secret.write({ key: client.key, "api-keys": "" }));
  expect(empty.problems).toEqual([expect.stringContaining("API_KEYS must contain at least one key")]);
  expect(await ask(next.key)).toEqual(identityWith({ name: "Ann" }));

  const repaired = await lineAfter("Configuration reloaded", () => secret.write({ "api-keys": next.line }));
  expect(repaired.changed).toEqual(["SAFELIST", "TRAITS_MASK"]);
  expect(await ask(next.key, secondQuery)).toEqual({ data: { __typename: "Query" } });
  expect((await ask(next.key)).errors[0].extensions.code).toBe("OPERATION_NOT_ON_SAFELIST");
  await lineAfter("Configuration reloaded", () => secret.write({ safelist: manifest(secondQuery, QUERY) }));
  expect(await ask(next.key)).toEqual(identityWith({ email: "ann@example.com" }));
}, 30_000);

it("reloads on SIGHUP without waiting, and continues to run", async () => {
  const line = await lineAfter("Configuration reloaded", () => program.kill("SIGHUP"));
  expect(line.msg).toBe("Configuration reloaded: no variable has changed.");
  expect(await ask(next.key)).toEqual(identityWith({ email: "ann@example.com" }));
}, 30_000);

it("applies a change that is made while the server starts", async () => {
  const mounted = await stopAfterTest(mountSecret({ "api-keys": old.line }));
  const env = { API_KEYS_FILE: mounted.path("api-keys") };
  const reloader = new Reloader(env);
  expect(loadConfig(env).authentication.apiKeys).toEqual(parseApiKeys(old.line));
  mounted.write({ "api-keys": next.line });
  const applied = new Promise<Config>((resolve) => reloader.start(resolve, captureLog().logger));
  expect((await applied).authentication.apiKeys).toEqual(parseApiKeys(next.line));
  reloader.stop();
});

(process.platform === "linux" ? it : it.skip)("stops on SIGHUP in a terminal, which means that the terminal was closed", async () => {
  const command = `exec ${process.execPath} --import tsx src/main.ts`;
  const terminal = await stopAfterTest(startProgram("script", ["-qfc", command, "/dev/null"], { env: { PORT: "0" } }));
  const url = await graphqlUrlOf(terminal);
  expect((await fetchGraphQL(url, { query: QUERY })).data).toEqual({ identity: null });
  terminal.kill("SIGKILL");
  await eventually("the server has stopped", () => fetchGraphQL(url, { query: QUERY }).then(() => false, () => true));
}, 30_000);
