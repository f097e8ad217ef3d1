import { startFakeKratos, type FakeKratosVersion } from "../fake-kratos/index.js";
import { UNKNOWN_ID } from "../support/kratos-api.js";
import { stopAfterTest } from "../support/lifecycle.js";
import { captureLog } from "../support/logs.js";
import { startScriptedKratos } from "../support/scripted-kratos.js";
import { codeOf, dataOf, startFacade } from "../support/use-facade.js";

const ADMIN_IS_PUBLIC = "KRATOS_ADMIN_URL is wrong: this looks like Kratos' public port.";
const PUBLIC_IS_ADMIN = "KRATOS_PUBLIC_URL is wrong: this looks like Kratos' admin port.";

async function startSwapped(version: FakeKratosVersion, swap: "admin" | "public" | "both", configured?: string) {
  const { adminUrl, publicUrl } = await stopAfterTest(startFakeKratos({ version }));
  const log = captureLog();
  const urls = { adminUrl: swap === "public" ? adminUrl : publicUrl, publicUrl: swap === "admin" ? publicUrl : adminUrl };
  const facade = await startFacade(urls, { version: configured, logger: log.logger });
  return { facade, log };
}

const readinessOf = async (url: string): Promise<[number, unknown]> => {
  const response = await fetch(`${url}/health/ready`);
  return [response.status, ((await response.json()) as { errors: unknown }).errors];
};

describe.each([
  ["v26.2.0", undefined],
  ["v26.2.0", "v26.2.0"],
  ["v0.6.3-alpha.1", undefined],
  ["v0.6.3-alpha.1", "v0.6.3-alpha.1"],
] as const)("a KRATOS_ADMIN_URL that leads to the public port of Kratos %s (KRATOS_VERSION: %s)", (version, configured) => {
  it.each(["admin", "both"] as const)("is not ready, and says why, also if the ports are swapped (%s)", async (swap) => {
    const { facade, log } = await startSwapped(version, swap, configured);
    const errors = [{ name: "kratos", message: ADMIN_IS_PUBLIC }];
    expect(await readinessOf(facade.url)).toEqual([503, errors]);
    const { health } = dataOf(await facade.send("{ health { alive ready errors { name message } } }"));
    expect(health).toEqual({ alive: true, ready: false, errors });
    const { msg, reason, detail } = log.entries().find(({ level }) => level === 40)!;
    expect({ msg, reason, detail }).toEqual({
      msg: "Kratos is not ready.",
      reason: ADMIN_IS_PUBLIC,
      detail: "set KRATOS_ADMIN_URL to the URL of the admin port, which is 4434 by default",
    });
  });

  it("says so at each field that fails, and in the log", async () => {
    const { facade, log } = await startSwapped(version, "admin", configured);
    const queries = [`{ identity(id: "${UNKNOWN_ID}") { id } }`, "{ identities(first: 1) { edges { cursor } } }", "{ version }"];
    for (const query of queries) {
      const reply = await facade.send(query);
      expect(codeOf(reply)).toBe("KRATOS_ERROR");
      expect(reply.errors![0]!.message).toBe(ADMIN_IS_PUBLIC);
      expect(log.entries().at(-2)).toMatchObject({ msg: ADMIN_IS_PUBLIC, detail: expect.stringContaining("4434") });
    }
  });
});

describe("a KRATOS_PUBLIC_URL that leads to the admin port", () => {
  it("is not ready, and says why", async () => {
    const { facade } = await startSwapped("v26.2.0", "public");
    expect(await readinessOf(facade.url)).toEqual([503, [{ name: "kratos", message: PUBLIC_IS_ADMIN }]]);
  });

  it("says so at each field that requires the public port, and in the log; the others work", async () => {
    const { facade, log } = await startSwapped("v26.2.0", "public");
    for (const field of ['identitySchema(id: "default") { id }', `loginFlow(id: "${UNKNOWN_ID}") { id }`, 'selfServiceError(id: "stub:500") { id }']) {
      const reply = await facade.send(`{ identities(first: 1) { edges { cursor } } version ${field} }`);
      expect(codeOf(reply)).toBe("KRATOS_ERROR");
      expect(reply.errors![0]!.message).toBe(PUBLIC_IS_ADMIN);
      expect(reply.data).toMatchObject({ version: "v26.2.0", identities: { edges: [expect.anything()] } });
      expect(log.entries().at(-2)).toMatchObject({ msg: PUBLIC_IS_ADMIN, detail: expect.stringContaining("4433") });
    }
  });

  it("does not matter to v0.6.3, which serves everything on its admin port", async () => {
    const { facade } = await startSwapped("v0.6.3-alpha.1", "public");
    expect(await readinessOf(facade.url)).toEqual([200, []]);
  });
});

const healthy = (path: string) => (path.startsWith("/health/") ? { json: { status: "ok" } } : undefined);

it("is ready if the version is configured, and a proxy in front of the admin API does not pass on requests for it", async () => {
  const { url } = await stopAfterTest(startScriptedKratos("", (_, path) => healthy(path) ?? (path === "/version" ? { status: 404, text: "" } : undefined)));
  const facade = await startFacade({ adminUrl: url }, { version: "v26.2.0" });
  expect(await readinessOf(facade.url)).toEqual([200, []]);
});

it("is ready if the version is configured, and one URL serves both APIs, but not the version", async () => {
  const script = (_: unknown, path: string) => {
    if (path === "/version") return { status: 404, text: "" };
    if (path.startsWith("/self-service/errors")) return { json: { id: "stub:500", error: {} } };
    return path.startsWith("/admin/identities") ? { json: [] } : healthy(path);
  };
  const { url } = await stopAfterTest(startScriptedKratos("", script));
  const facade = await startFacade({ adminUrl: url, publicUrl: url }, { version: "v26.2.0" });
  expect(await readinessOf(facade.url)).toEqual([200, []]);
});

it("is not ready if something that has health checks, but is not Kratos, responds", async () => {
  const { url } = await stopAfterTest(startScriptedKratos("", (_, path) => healthy(path) ?? { status: 404, text: "" }));
  const facade = await startFacade({ adminUrl: url });
  const [status, errors] = await readinessOf(facade.url);
  expect(status).toBe(503);
  expect(errors).toEqual([{ name: "kratos", message: expect.stringContaining("does not serve getVersion") }]);
});
