import { codeOf, dataOf, startFacade, type FacadeUnderTest } from "../support/facade-under-test.js";
import { startFakeKratos } from "../fake-kratos/index.js";
import { startRecordingProxy } from "../support/recording-proxy.js";
import { startScriptedKratos } from "../support/scripted-kratos.js";

const LIST = `{ identities(first: 2) { edges { node { id } } } }`;

describe("the release that is running", () => {
  it.each([
    ["v0.6.3-alpha.1", "/identities?per_page=3&page=1"],
    ["v0.8.2-alpha.1", "/identities?per_page=3&page=1"],
    ["v0.9.0-alpha.1", "/identities?per_page=3&page=1"],
    ["v0.9.0-alpha.2", "/admin/identities?per_page=3&page=1"],
    ["v1.0.0", "/admin/identities?per_page=3&page=1"],
    ["v1.1.0", "/admin/identities?page_size=3"],
    ["v26.2.0", "/admin/identities?page_size=3"],
    ["v27.0.0", "/admin/identities?page_size=3"],
  ])("is found out by itself: %s is asked at %s", async (version, path) => {
    const kratos = await startScriptedKratos(version, (_, asked) => (asked.includes("/identities") ? { json: [] } : undefined));
    const facade = await startFacade({ adminUrl: kratos.url });
    dataOf(await facade.send(LIST));
    expect(kratos.seen).toEqual(["GET /version", `GET ${path}`]);
    await facade.stop();
    await kratos.stop();
  });

  it("is found under /admin where v0.9 to v25.4 redirect to it", async () => {
    const kratos = await startScriptedKratos("v1.3.1", (_, path) =>
      path === "/admin/version"
        ? { json: { version: "v1.3.1" } }
        : path === "/admin/identities?page_size=3"
          ? { json: [] }
          : { status: 307, headers: { location: `/admin${path}` }, text: "" },
    );
    const facade = await startFacade({ adminUrl: kratos.url });
    expect(dataOf(await facade.send(`{ version ${LIST.slice(1)}`))).toMatchObject({ version: "v1.3.1", identities: { edges: [] } });
    await facade.stop();
    await kratos.stop();
  });

  it("is believed to be the one that the configuration names, without a question", async () => {
    const kratos = await startScriptedKratos("v26.2.0", (_, path) => (path.includes("/identities") ? { json: [] } : undefined));
    const facade = await startFacade({ adminUrl: kratos.url, version: "v0.8.2-alpha.1" });
    dataOf(await facade.send(LIST));
    expect(kratos.seen).toEqual(["GET /identities?per_page=3&page=1"]);
    await facade.stop();
    await kratos.stop();
  });

  it("is refused where it is older than the oldest supported one, but still tells its version", async () => {
    const kratos = await startScriptedKratos("v0.5.5-alpha.1", () => undefined);
    const facade = await startFacade({ adminUrl: kratos.url });
    const reply = await facade.send(`{ version ${LIST.slice(1)}`);
    expect(reply.data).toEqual({ version: "v0.5.5-alpha.1", identities: null });
    expect(codeOf(reply)).toBe("UNSUPPORTED_BY_KRATOS");
    expect(reply.errors![0]).toMatchObject({
      message: "listIdentities requires Kratos v0.6.3-alpha.1 or later. The connected Kratos is v0.5.5-alpha.1.",
      extensions: { since: "v0.6.3-alpha.1" },
    });
    await facade.stop();
    await kratos.stop();
  });

  it.each(["v0.6.3-alpha.1", "v26.2.0"] as const)("is tried out where it is built from source, as %s, and gives master as its version", async (version) => {
    const embedded = await startFakeKratos({ version });
    const proxy = await startRecordingProxy(embedded.adminUrl);
    proxy.version = "master";
    const facade = await startFacade({ adminUrl: proxy.url, publicUrl: embedded.publicUrl });
    const data = dataOf(await facade.send(`{ version identities(first: 20) { edges { node { id schema { id } } } } selfServiceError(id: "stub:500") { id } }`));
    expect(data).toMatchObject({ version: "master", selfServiceError: { id: expect.any(String) } });
    const ids = data["identities"].edges.map(({ node }: { node: { id: string } }) => node.id);
    expect(ids).toEqual(version === "v26.2.0" ? [...ids].sort() : [...ids].sort().reverse());
    await facade.stop();
    await proxy.stop();
    await embedded.stop();
  });

  it("is found out again after an outage, in which Kratos may have been replaced", async () => {
    const old = await startFakeKratos({ version: "v0.6.3-alpha.1" });
    const next = await startFakeKratos({ version: "v26.2.0" });
    const proxy = await startRecordingProxy(old.adminUrl);
    const facade: FacadeUnderTest = await startFacade({ adminUrl: proxy.url, publicUrl: next.publicUrl });
    dataOf(await facade.send(LIST));
    await proxy.goAway();
    const one = `{ identity(id: "00000000-0000-4000-8000-000000000000") { id } }`;
    expect(codeOf(await facade.send(one))).toBe("KRATOS_UNAVAILABLE");
    proxy.target = next.adminUrl;
    await proxy.comeBack();
    proxy.take();
    dataOf(await facade.send(LIST));
    expect(proxy.take().map(({ path }) => path)).toEqual(["/admin/identities?page_size=3"]);
    await Promise.all([facade.stop(), proxy.stop(), old.stop(), next.stop()]);
  });

  it.each([
    ["v0.6.3-alpha.1", "v26.2.0"],
    ["v26.2.0", "v0.6.3-alpha.1"],
  ] as const)("is found out again where %s gives way to %s without anybody noticing an outage", async (before, after) => {
    const old = await startFakeKratos({ version: before });
    const next = await startFakeKratos({ version: after });
    const proxy = await startRecordingProxy(old.adminUrl);
    const facade = await startFacade({ adminUrl: proxy.url, publicUrl: next.publicUrl });
    dataOf(await facade.send(LIST));
    proxy.target = next.adminUrl;
    expect(dataOf(await facade.send("{ version }"))).toEqual({ version: after });
    expect(dataOf(await facade.send(`{ identitySchema(id: "default") { id } loginFlow(id: "abc") { id } ${LIST.slice(1)}`))).toMatchObject({
      identitySchema: { id: "default" },
      loginFlow: null,
    });
    await Promise.all([facade.stop(), proxy.stop(), old.stop(), next.stop()]);
  });

  it("is found out again, and the request sent once more, where the paths are another release's", async () => {
    const old = await startFakeKratos({ version: "v0.6.3-alpha.1" });
    const next = await startFakeKratos({ version: "v26.2.0" });
    const proxy = await startRecordingProxy(next.adminUrl);
    const facade = await startFacade({ adminUrl: proxy.url, publicUrl: next.publicUrl });
    dataOf(await facade.send(LIST));
    proxy.target = old.adminUrl;
    const { createIdentity } = dataOf(
      await facade.send(`mutation { createIdentity(input: { schemaId: "default", traits: { email: "ann@swap.example.com" } }) { identity { id } } }`),
    );
    expect(createIdentity.identity.id).toEqual(expect.any(String));
    expect(proxy.take().map(({ method, path }) => `${method} ${path}`).slice(-2)).toEqual(["POST /admin/identities", "POST /identities"]);
    await Promise.all([facade.stop(), proxy.stop(), old.stop(), next.stop()]);
  });
});
