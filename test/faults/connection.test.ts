import { createServer as createHttpServer, type Server as HttpServer } from "node:http";
import { createServer as createHttpsServer, type ServerOptions } from "node:https";
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from "node:net";
import { checkKratos } from "../../src/commands/doctor/kratos.js";
import { loadConfig } from "../../src/config.js";
import { Kratos } from "../../src/kratos/index.js";
import { makeAuthority, type Authority, type KeyPair } from "../support/certificates.js";
import { stopAfterTest } from "../support/lifecycle.js";
import { captureLog } from "../support/logs.js";
import { codeOf, startFacade } from "../support/use-facade.js";
import { inTime } from "../support/wait.js";

/* What the log and `doctor` say about a Kratos that cannot be reached: the same, and what to do. */

let authority: Authority;
let stranger: Authority;
let server: KeyPair;
let expired: KeyPair;
let client: KeyPair;
let strange: KeyPair;

beforeAll(async () => {
  [authority, stranger] = await Promise.all([makeAuthority("Our authority"), makeAuthority("Another authority")]);
  [server, expired, client, strange] = await Promise.all([
    authority.sign("kratos"),
    authority.sign("kratos", new Date(Date.now() - 60_000)),
    authority.sign("kratos-graphql"),
    stranger.sign("kratos-graphql"),
  ]);
});

/** Serves on a free port until the test ends. @returns the port */
async function serve(listener: Server | HttpServer): Promise<number> {
  const sockets = new Set<Socket>();
  listener.on("connection", (socket: Socket) => sockets.add(socket.on("error", () => {})));
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const stop = async () => {
    listener.close();
    for (const socket of sockets) socket.destroy();
  };
  await stopAfterTest({ stop });
  return (listener.address() as AddressInfo).port;
}

const https = (options: ServerOptions) => serve(createHttpsServer(options, (_, response) => response.end("{}")));
const requiringClients = () => https({ ...server, requestCert: true, rejectUnauthorized: true, ca: authority.cert });
/** What Go's server, which is that of Kratos, responds to a request without TLS. */
const goWithTls = () =>
  serve(createTcpServer((socket) => socket.once("data", () => socket.end("HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"))));

type Environment = Record<string, string>;
const trusted = () => ({ KRATOS_CA: authority.cert });
const CASES: readonly [what: string, advice: string, start: () => Promise<Environment>][] = [
  [
    "a certificate of an unknown CA",
    "was issued by a CA that is not trusted: set KRATOS_CA_FILE",
    async () => ({ KRATOS_ADMIN_URL: `https://127.0.0.1:${await https(server)}` }),
  ],
  [
    "a certificate for another host",
    "the certificate of Kratos is for another host: use one of the host names",
    async () => ({ KRATOS_ADMIN_URL: `https://localhost:${await https(server)}`, ...trusted() }),
  ],
  [
    "an expired certificate",
    "has expired: renew it",
    async () => ({ KRATOS_ADMIN_URL: `https://127.0.0.1:${await https(expired)}`, ...trusted() }),
  ],
  [
    "a missing client certificate",
    "Kratos may require a client certificate: set KRATOS_CLIENT_CERT_FILE and KRATOS_CLIENT_KEY_FILE",
    async () => ({ KRATOS_ADMIN_URL: `https://127.0.0.1:${await requiringClients()}`, ...trusted() }),
  ],
  [
    "a client certificate of another CA",
    "Kratos may not accept the certificate in KRATOS_CLIENT_CERT_FILE",
    async () => ({
      KRATOS_ADMIN_URL: `https://127.0.0.1:${await requiringClients()}`,
      ...trusted(),
      KRATOS_CLIENT_CERT: strange.cert,
      KRATOS_CLIENT_KEY: strange.key,
    }),
  ],
  [
    "an https:// URL of a server without TLS",
    "nothing at this address responds with TLS: the URL may have to begin with http://",
    async () => ({ KRATOS_ADMIN_URL: `https://127.0.0.1:${await serve(createHttpServer((_, response) => response.end("{}")))}` }),
  ],
  [
    "an http:// URL of a Kratos with TLS",
    "the server at this address expects TLS: the URL must begin with https://",
    async () => ({ KRATOS_ADMIN_URL: `http://127.0.0.1:${await goWithTls()}` }),
  ],
  [
    "an http:// URL of a server that closes connections without TLS",
    "Kratos may expect TLS: then the URL must begin with https://",
    async () => ({ KRATOS_ADMIN_URL: `http://127.0.0.1:${await https(server)}` }),
  ],
  [
    "a Kratos that does not respond",
    "the connection works, but no response came in time: see the Kratos log",
    async () => ({ KRATOS_ADMIN_URL: `http://127.0.0.1:${await serve(createHttpServer(() => {}))}` }),
  ],
  [
    "a server that does not complete a TLS handshake",
    "no connection was established in time: check host and port of the URL",
    async () => ({ KRATOS_ADMIN_URL: `https://127.0.0.1:${await serve(createTcpServer())}` }),
  ],
  [
    "a port on which nothing listens",
    "nothing listens at this address: check that Kratos is running",
    async () => ({ KRATOS_ADMIN_URL: "http://127.0.0.1:9" }),
  ],
  [
    "an unknown host",
    "the host name cannot be resolved: check the host of the URL",
    async () => ({ KRATOS_ADMIN_URL: "http://kratos.invalid:4434" }),
  ],
];

describe.each(CASES)("%s", (_, advice, start) => {
  it("is named by doctor and in the log, with what to do, and callers see neither", async () => {
    const { kratosAdminUrl: adminUrl = "", kratos: options } = loadConfig({ ...(await start()), KRATOS_TIMEOUT_MS: "1000" });
    const log = captureLog();
    const facade = await startFacade({ adminUrl }, { timeoutMs: 1_000, ...options, logger: log.logger });
    const reply = await inTime(facade.send("{ identities(first: 1) { edges { cursor } } }"));
    expect(codeOf(reply)).toBe("KRATOS_UNAVAILABLE");
    expect(JSON.stringify(reply)).not.toContain(advice);
    const { detail } = log.entries().find(({ operation }) => operation === "listIdentities")!;
    expect(detail).toContain(advice);
    expect(detail).not.toContain("\n");

    const findings = await checkKratos(new Kratos({ adminUrl, timeoutMs: 1_000, ...options }), adminUrl, undefined);
    expect(findings).toEqual([{ check: "Kratos admin API", status: "FAIL", message: `cannot be reached at ${adminUrl}: ${detail}` }]);
  });
});

it("names a client certificate that Kratos accepts as no problem", async () => {
  const url = `https://127.0.0.1:${await requiringClients()}`;
  const { kratos: options } = loadConfig({ KRATOS_ADMIN_URL: url, ...trusted(), KRATOS_CLIENT_CERT: client.cert, KRATOS_CLIENT_KEY: client.key });
  const [finding] = await checkKratos(new Kratos({ adminUrl: url, timeoutMs: 1_000, ...options }), url, undefined);
  expect(finding).toEqual({ check: "Kratos admin API", status: "ok", message: `reached at ${url}` });
});
