import { startFakeKratos, type FakeKratosVersion } from "../fake-kratos/index.js";
import { UNKNOWN_ID } from "../support/kratos-api.js";
import { stopAfterTest } from "../support/lifecycle.js";
import { captureLog } from "../support/logs.js";
import { startRecordingProxy } from "../support/recording-proxy.js";
import { startScriptedKratos } from "../support/scripted-kratos.js";
import { codeOf, dataOf, startFacade, type FacadeTestOptions } from "../support/use-facade.js";
import { eventually } from "../support/wait.js";

const LIST = `{ identities(first: 2) { edges { node { id } } } }`;

/** Starts a facade in front of a Kratos that can be replaced with `next`, by the target of the proxy between them. */
async function startReplaceable(before: FakeKratosVersion, after: FakeKratosVersion, options?: FacadeTestOptions) {
  const current = await stopAfterTest(startFakeKratos({ version: before }));
  const next = await stopAfterTest(startFakeKratos({ version: after }));
  const proxy = await stopAfterTest(startRecordingProxy(current.adminUrl));
  const facade = await startFacade({ adminUrl: proxy.url, publicUrl: next.publicUrl }, options);
  return { proxy, facade, next };
}

describe("the version of Kratos", () => {
  it.each([
    ["v0.6.3-alpha.1", "/identities?per_page=3&page=1"],
    ["v0.8.2-alpha.1", "/identities?per_page=3&page=1"],
    ["v0.9.0-alpha.1", "/identities?per_page=3&page=1"],
    ["v0.9.0-alpha.2", "/admin/identities?per_page=3&page=1"],
    ["v1.0.0", "/admin/identities?per_page=3&page=1"],
    ["v1.1.0", "/admin/identities?page_size=3"],
    ["v26.2.0", "/admin/identities?page_size=3"],
    ["v27.0.0", "/admin/identities?page_size=3"],
  ])("is detected: %s gets requests at %s", async (version, path) => {
    const kratos = await stopAfterTest(startScriptedKratos(version, (_, asked) => (asked.includes("/identities") ? { json: [] } : undefined)));
    const facade = await startFacade(kratos);
    dataOf(await facade.send(LIST));
    expect(kratos.seen).toEqual(["GET /version", `GET ${path}`]);
  });

  it("is found below /admin if Kratos redirects there, as v0.9 to v25.4 do", async () => {
    const script = (_: unknown, path: string) =>
      path === "/admin/version"
        ? { json: { version: "v1.3.1" } }
        : path === "/admin/identities?page_size=3"
          ? { json: [] }
          : { status: 307, headers: { location: `/admin${path}` }, text: "" };
    const kratos = await stopAfterTest(startScriptedKratos("v1.3.1", script));
    const facade = await startFacade(kratos);
    expect(dataOf(await facade.send(`{ version ${LIST.slice(1)}`))).toMatchObject({ version: "v1.3.1", identities: { edges: [] } });
  });

  it("is not requested if the configuration names it", async () => {
    const kratos = await stopAfterTest(startScriptedKratos("v26.2.0", (_, path) => (path.includes("/identities") ? { json: [] } : undefined)));
    const facade = await startFacade(kratos, { version: "v0.8.2-alpha.1" });
    dataOf(await facade.send(LIST));
    expect(kratos.seen).toEqual(["GET /identities?per_page=3&page=1"]);
  });

  it("is still returned if it is older than the oldest supported one, which fails other fields", async () => {
    const kratos = await stopAfterTest(startScriptedKratos("v0.5.5-alpha.1"));
    const facade = await startFacade(kratos);
    const reply = await facade.send(`{ version ${LIST.slice(1)}`);
    expect(reply.data).toEqual({ version: "v0.5.5-alpha.1", identities: null });
    expect(codeOf(reply)).toBe("UNSUPPORTED_BY_KRATOS");
    expect(reply.errors![0]).toMatchObject({
      message: "listIdentities requires Kratos v0.6.3-alpha.1 or later. The connected Kratos is v0.5.5-alpha.1.",
      extensions: { since: "v0.6.3-alpha.1" },
    });
  });

  it.each(["v0.6.3-alpha.1", "v26.2.0"] as const)("is probed if a Kratos built from source (like %s) reports master", async (version) => {
    const embedded = await stopAfterTest(startFakeKratos({ version }));
    const proxy = await stopAfterTest(startRecordingProxy(embedded.adminUrl));
    proxy.version = "master";
    const facade = await startFacade({ adminUrl: proxy.url, publicUrl: embedded.publicUrl });
    const data = dataOf(await facade.send(`{ version identities(first: 20) { edges { node { id schema { id } } } } selfServiceError(id: "stub:500") { id } }`));
    expect(data).toMatchObject({ version: "master", selfServiceError: { id: expect.any(String) } });
    const ids = data["identities"].edges.map(({ node }: { node: { id: string } }) => node.id);
    expect(ids).toEqual(version === "v26.2.0" ? [...ids].sort() : [...ids].sort().reverse());
  });

  it("is probed to have what v25.4 has if a build from source finds identities by external ID", async () => {
    const embedded = await stopAfterTest(startFakeKratos());
    const proxy = await stopAfterTest(startRecordingProxy(embedded.adminUrl));
    proxy.version = "master";
    const facade = await startFacade({ adminUrl: proxy.url, publicUrl: embedded.publicUrl });
    const query = `{ identityByExternalId(externalId: "crm-1") { externalId } identities(filter: { organizationId: "${UNKNOWN_ID}" }) { edges { cursor } } }`;
    expect(dataOf(await facade.send(query))).toEqual({ identityByExternalId: { externalId: "crm-1" }, identities: { edges: [] } });
  });

  it("lists identity schemas as base64 before v1, e.g. v0.11.1, and a schema that is neither that nor JSON is an error", async () => {
    const schema = { type: "object", title: "Größe" };
    let listed = Buffer.from(JSON.stringify(schema)).toString("base64");
    const kratos = await stopAfterTest(startScriptedKratos("v0.11.1", (_, path) => (path.startsWith("/schemas?") ? { json: [{ id: "default", schema: listed }] } : undefined)));
    const facade = await startFacade(kratos);
    const query = `{ identitySchemas { edges { node { id schema } } } }`;
    expect(dataOf(await facade.send(query))["identitySchemas"].edges).toEqual([{ node: { id: "default", schema } }]);
    for (const broken of ["nope", Buffer.from("[]").toString("base64")]) {
      listed = broken;
      const reply = await facade.send(query);
      expect([codeOf(reply), reply.data]).toEqual(["KRATOS_ERROR", { identitySchemas: null }]);
    }
  });

  it.each([
    ["does not have the path", { status: 404, text: "404 page not found\n" }],
    ["may not be asked", { status: 403, json: { error: "forbidden" } }],
  ])("is probed to have what v1.1 has if a build from source %s", async (_, answer) => {
    const link = '</admin/identities?page_size=1&page_token=x>; rel="first"';
    const kratos = await stopAfterTest(
      startScriptedKratos("master", (_unused, path) => (path.includes("/by/external/") ? answer : path.startsWith("/admin/identities?") ? { json: [], headers: { link } } : undefined)),
    );
    const facade = await startFacade(kratos);
    const { data, errors } = await facade.send(`{ identityByExternalId(externalId: "crm-1") { id } identities(filter: { ids: ["${UNKNOWN_ID}", "${UNKNOWN_ID.replace("0", "1")}"] }) { edges { cursor } } }`);
    expect(data).toEqual({ identityByExternalId: null, identities: expect.anything() });
    expect(errors).toMatchObject([{ path: ["identityByExternalId"], extensions: { code: "UNSUPPORTED_BY_KRATOS" } }]);
  });

  it("is not mistaken for the oldest one if the probe of a build from source meets a temporary failure", async () => {
    let isFailing = true;
    const kratos = await stopAfterTest(
      startScriptedKratos("master", (_, path) => {
        if (!path.startsWith("/admin/identities")) return undefined;
        if (isFailing) return ((isFailing = false), { status: 503, text: "" });
        return { json: [], headers: { link: '</admin/identities?page_size=1&page_token=x>; rel="first"' } };
      }),
    );
    const facade = await startFacade({ adminUrl: kratos.url });
    dataOf(await facade.send(LIST));
    expect(kratos.seen.at(-1)).toBe("GET /admin/identities?page_size=3");
  });

  it("is requested once, however long a caller waits, as that would delay requests", async () => {
    const kratos = await stopAfterTest(startScriptedKratos("v26.2.0", (_, path) => (path.includes("/identities") ? { json: [] } : undefined)));
    const facade = await startFacade(kratos);
    dataOf(await facade.send(LIST));
    const later = Date.now() + 86_400_000;
    const clock = jest.spyOn(Date, "now").mockImplementation(() => later);
    dataOf(await facade.send(LIST));
    clock.mockRestore();
    expect(kratos.seen).toEqual(["GET /version", ...Array(2).fill("GET /admin/identities?page_size=3")]);
  });

  it("is detected again in the background, before a request of a caller meets a Kratos that was replaced", async () => {
    const { logger, lines } = captureLog();
    const { proxy, facade, next } = await startReplaceable("v26.2.0", "v0.6.3-alpha.1", { logger, checkIntervalMs: 20 });
    dataOf(await facade.send(LIST));
    proxy.target = next.adminUrl;
    await eventually("the log has the new version", () => lines.some((line) => line.includes("The version of Kratos has changed.") && line.includes("v0.6.3-alpha.1")));
    proxy.take();
    dataOf(await facade.send(LIST));
    expect(proxy.take().map(({ path }) => path).filter((path) => path.includes("/identities"))).toEqual(["/identities?per_page=3&page=1"]);
  });

  it("is detected again if the connection to Kratos was lost, even if no request failed", async () => {
    const { proxy, facade, next } = await startReplaceable("v26.2.0", "v0.6.3-alpha.1");
    dataOf(await facade.send(LIST));
    await proxy.disconnect();
    proxy.target = next.adminUrl;
    await proxy.reconnect();
    proxy.take();
    dataOf(await facade.send(LIST));
    expect(proxy.take().map(({ path }) => path)).toEqual(["/identities?per_page=3&page=1"]);
  });

  it("is detected again after a response of an unexpected form", async () => {
    let version = "v26.2.0";
    const script = (_: unknown, path: string) =>
      path === "/version" ? { json: { version } } : path.includes("/identities") ? { json: version === "v1.0.0" ? [] : { list: [] } } : undefined;
    const kratos = await stopAfterTest(startScriptedKratos("", script));
    const facade = await startFacade(kratos);
    expect(codeOf(await facade.send(LIST))).toBe("KRATOS_ERROR");
    version = "v1.0.0";
    dataOf(await facade.send(LIST));
    expect(kratos.seen).toEqual(["GET /version", "GET /admin/identities?page_size=3", "GET /version", "GET /admin/identities?per_page=3&page=1"]);
  });

  it("is detected again, and an update is repeated, if Kratos does not allow its method", async () => {
    let version = "v26.2.0";
    const id = "11111111-1111-4111-8111-111111111111";
    const identity = { id, schema_id: "default", schema_url: "http://kratos/schemas/default", traits: {} };
    const kratos = await stopAfterTest(
      startScriptedKratos("", ({ method }, path) => {
        if (path === "/version") return { json: { version } };
        return method === "PATCH" ? { status: 405, text: "Method Not Allowed\n" } : { json: path.endsWith(id) ? identity : [] };
      }),
    );
    const facade = await startFacade(kratos);
    dataOf(await facade.send(LIST));
    version = "v0.10.1";
    dataOf(await facade.send(`mutation { updateIdentity(input: { id: "${id}", traits: {} }) { identity { id } } }`));
    expect(kratos.seen.filter((line) => line.endsWith(id)).map((line) => line.split(" ")[0])).toEqual(["PATCH", "GET", "PUT"]);
  });

  it("is detected again after an outage, during which Kratos may have been replaced", async () => {
    const { proxy, facade, next } = await startReplaceable("v0.6.3-alpha.1", "v26.2.0");
    dataOf(await facade.send(LIST));
    await proxy.disconnect();
    const one = `{ identity(id: "${UNKNOWN_ID}") { id } }`;
    expect(codeOf(await facade.send(one))).toBe("KRATOS_UNAVAILABLE");
    proxy.target = next.adminUrl;
    await proxy.reconnect();
    proxy.take();
    dataOf(await facade.send(LIST));
    expect(proxy.take().map(({ path }) => path)).toEqual(["/admin/identities?page_size=3"]);
  });

  it.each([
    ["v0.6.3-alpha.1", "v26.2.0"],
    ["v26.2.0", "v0.6.3-alpha.1"],
  ] as const)("is detected again if %s is replaced with %s without an outage", async (before, after) => {
    const { proxy, facade, next } = await startReplaceable(before, after);
    dataOf(await facade.send(LIST));
    proxy.target = next.adminUrl;
    expect(dataOf(await facade.send("{ version }"))).toEqual({ version: after });
    expect(dataOf(await facade.send(`{ identitySchema(id: "default") { id } loginFlow(id: "abc") { id } ${LIST.slice(1)}`))).toMatchObject({
      identitySchema: { id: "default" },
      loginFlow: null,
    });
  });

  it("is detected again, and the request is repeated, if the paths are those of another version", async () => {
    const { proxy, facade, next } = await startReplaceable("v26.2.0", "v0.6.3-alpha.1");
    dataOf(await facade.send(LIST));
    proxy.target = next.adminUrl;
    const { createIdentity } = dataOf(
      await facade.send(`mutation { createIdentity(input: { schemaId: "default", traits: { email: "ann@swap.example.com" } }) { identity { id } } }`),
    );
    expect(createIdentity.identity.id).toEqual(expect.any(String));
    expect(proxy.take().map(({ method, path }) => `${method} ${path}`).slice(-2)).toEqual(["POST /admin/identities", "POST /identities"]);
  });
});
