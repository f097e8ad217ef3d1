import type { IncomingMessage } from "node:http";
import { createServer, type Server, type ServerOptions } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { loadConfig } from "../../src/config.js";
import { Kratos } from "../../src/kratos/index.js";
import { startFakeKratos } from "../fake-kratos/index.js";
import { makeAuthority, type Authority, type KeyPair } from "../support/certificates.js";
import { forwardTo } from "../support/http.js";
import { stopAfterTest, useServers } from "../support/lifecycle.js";
import { captureLog } from "../support/logs.js";
import { startScriptedKratos } from "../support/scripted-kratos.js";
import { codeOf, dataOf, startFacade, type FacadeUnderTest } from "../support/use-facade.js";

let authority: Authority;
let server: KeyPair;
let client: KeyPair;
const { embedded } = useServers(async (cleanups) => ({ embedded: cleanups.use(await startFakeKratos()) }));

beforeAll(async () => {
  authority = await makeAuthority("Our authority");
  [server, client] = await Promise.all([authority.sign("kratos"), authority.sign("kratos-graphql")]);
});

/** Starts a TLS proxy in front of Kratos. `seen` has the client certificates and headers of the requests. */
async function startTls(options: ServerOptions = {}) {
  const seen: { subject?: string; headers: IncomingMessage["headers"] }[] = [];
  const forward = forwardTo(() => embedded.adminUrl);
  const proxy: Server = createServer({ ...server, ...options }, (request, response) => {
    const { subject } = (request.socket as TLSSocket).getPeerCertificate();
    seen.push({ subject: subject?.CN as string | undefined, headers: request.headers });
    forward(request, response);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const stop = () => new Promise((resolve) => { proxy.close(resolve); proxy.closeAllConnections(); });
  await stopAfterTest({ stop });
  return { url: `https://127.0.0.1:${(proxy.address() as AddressInfo).port}`, seen };
}

/** Starts the facade as the environment configures it, with its log. */
async function start(env: Record<string, string>): Promise<FacadeUnderTest & { log: readonly string[] }> {
  const { kratosAdminUrl, kratosPublicUrl, kratosTimeoutMs, kratos } = loadConfig(env);
  const { logger, lines } = captureLog();
  const facade = await startFacade({ adminUrl: kratosAdminUrl!, publicUrl: kratosPublicUrl }, { timeoutMs: kratosTimeoutMs, ...kratos, logger });
  return { ...facade, log: lines };
}

const PAGE = "{ identities(first: 1) { edges { node { schema { id } } } } }";

describe("a Kratos behind TLS", () => {
  it("is served with a certificate of a private authority if KRATOS_CA has it, at both URLs", async () => {
    const { url, seen } = await startTls();
    const publicFront = await startTls();
    const facade = await start({ KRATOS_ADMIN_URL: url, KRATOS_PUBLIC_URL: publicFront.url, KRATOS_CA: authority.cert });
    expect(dataOf(await facade.send("{ version identities(first: 1) { edges { cursor } } }"))["identities"].edges).toHaveLength(1);
    expect(seen.length).toBeGreaterThan(0);
    // The proxy forwards to the fake admin port, which answers with 307. It is enough that the request arrives.
    await facade.send('{ identitySchema(id: "default") { id } }');
    expect(publicFront.seen).not.toEqual([]);
  });

  it("is KRATOS_UNAVAILABLE with a certificate of an unknown authority, and the log says what to set", async () => {
    const { url, seen } = await startTls();
    const another = await makeAuthority("Another authority");
    for (const ca of ["", another.cert]) {
      const facade = await start({ KRATOS_ADMIN_URL: url, KRATOS_CA: ca });
      const reply = await facade.send(PAGE);
      expect(codeOf(reply)).toBe("KRATOS_UNAVAILABLE");
      expect(JSON.stringify(reply)).not.toContain("certificate");
      expect(facade.log.join("")).toContain("set KRATOS_CA_FILE to a file with the certificate of this CA");
    }
    expect(seen).toEqual([]);
  });

  it("gets the configured client certificate if it requests one", async () => {
    const { url, seen } = await startTls({ requestCert: true, rejectUnauthorized: true, ca: authority.cert });
    const env = { KRATOS_ADMIN_URL: url, KRATOS_CA: authority.cert };
    const facade = await start({ ...env, KRATOS_CLIENT_CERT: client.cert, KRATOS_CLIENT_KEY: client.key });
    dataOf(await facade.send("{ identities(first: 1) { edges { cursor } } }"));
    expect(new Set(seen.map(({ subject }) => subject))).toEqual(new Set(["kratos-graphql"]));

    expect(codeOf(await (await start(env)).send(PAGE))).toBe("KRATOS_UNAVAILABLE");
  });

  it("is KRATOS_UNAVAILABLE with a certificate for another host, and the log says so", async () => {
    const { url } = await startTls();
    const facade = await start({ KRATOS_ADMIN_URL: url.replace("127.0.0.1", "localhost"), KRATOS_CA: authority.cert });
    expect(codeOf(await facade.send(PAGE))).toBe("KRATOS_UNAVAILABLE");
    expect(facade.log.join("")).toContain("is for another host");
  });
});

describe("extra headers", () => {
  const SECRET = "ory_pat_hunter2";
  const KRATOS_HEADERS = `# Ory Network\nAuthorization: Bearer ${SECRET}\nX-Tenant: one`;

  it("are sent with each request to Kratos, and never replaced with those of a caller", async () => {
    const { url, seen } = await startTls();
    const facade = await start({ KRATOS_ADMIN_URL: url, KRATOS_PUBLIC_URL: url, KRATOS_CA: authority.cert, KRATOS_HEADERS: `${KRATOS_HEADERS}\nCookie: proxy=1` });
    const callers = { authorization: "Bearer caller", "x-tenant": "two", cookie: "session=1", "x-session-token": "token" };
    await facade.send(`{ version loginFlow(id: "11111111-1111-4111-8111-111111111111") { id } }`, {}, callers);
    await facade.send(`mutation { createIdentity(input: { schemaId: "no", traits: {} }) { userErrors { code } } }`, {}, callers);
    expect(seen.length).toBeGreaterThan(2);
    for (const { headers } of seen) expect(headers).toMatchObject({ authorization: `Bearer ${SECRET}`, "x-tenant": "one", cookie: "proxy=1" });
  });

  it("are neither sent where Kratos redirects to, nor in a response or the log", async () => {
    const elsewhere = await stopAfterTest(startScriptedKratos("v26.2.0"));
    const location = `${elsewhere.url}/admin/identities`;
    const kratos = await stopAfterTest(
      startScriptedKratos("v26.2.0", (_, path) => (path.includes("/identities") ? { status: 307, headers: { location }, text: "" } : undefined)),
    );
    const facade = await start({ KRATOS_ADMIN_URL: kratos.url, KRATOS_HEADERS });
    const reply = await facade.send(PAGE);
    expect(codeOf(reply)).toBe("KRATOS_ERROR");
    await kratos.stop();
    const gone = await facade.send(PAGE);
    expect(codeOf(gone)).toBe("KRATOS_UNAVAILABLE");
    expect(elsewhere.seen).toEqual([]);
    expect(facade.log).not.toEqual([]);
    expect(JSON.stringify([reply, gone, facade.log])).not.toContain("hunter2");
  });

  it("are not visible in the adapter", () => {
    const kratos = new Kratos({ adminUrl: "http://kratos", timeoutMs: 1, headers: { authorization: SECRET } });
    expect(JSON.stringify(kratos)).not.toContain(SECRET);
  });
});
