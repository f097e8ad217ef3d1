import { text as readText } from "node:stream/consumers";
import { startFakeKratos } from "../fake-kratos/index.js";
import { stopAfterTest } from "../support/lifecycle.js";
import { startFaultyKratos } from "../support/faulty-kratos.js";
import { startLoopbackServer } from "../support/http.js";
import { captureLog } from "../support/logs.js";
import { codeOf, dataOf, startFacade, useRecordedFacade, type FacadeUnderTest } from "../support/use-facade.js";

/* importIdentities, where the fake Kratos does not do what a real one, or one of another version, can do. */

const { logger, lines, entries } = captureLog("info");
const { adminProxy, facade } = useRecordedFacade(startFakeKratos, { logger });
const IMPORT = "mutation ($input: ImportIdentitiesInput!) { importIdentities(input: $input) { results { identityId userErrors { code message path } } userErrors { code message path } } }";

let count = 0;
const person = (more: object = {}) => ({ schemaId: "default", traits: { email: `batch-${count++}@example.com` }, ...more });
const people = (length: number, more: object = {}) => Array.from({ length }, () => person(more));
const send = (identities: readonly object[], at: FacadeUnderTest = facade) => at.send(IMPORT, { input: { identities } });
const importAll = async (identities: readonly object[], at?: FacadeUnderTest) => dataOf(await send(identities, at))["importIdentities"];
const password = (plain: string) => ({ credentials: { password: { password: plain } } });

describe("what Kratos accepts at most", () => {
  it.each([
    ["1,001 identities", () => people(1_001), "Expected at most 1000 identities; received 1001."],
    ["201 passwords in clear text", () => people(201, password("correct horse")), "Expected at most 200 identities with a password in clear text; received 201."],
  ])("refuses %s, and sends none to Kratos", async (_, identities, message) => {
    adminProxy.take();
    expect(await importAll(identities())).toEqual({ results: [], userErrors: [{ code: "INVALID", message, path: ["input", "identities"] }] });
    expect(adminProxy.take()).toEqual([]);
  });

  it("sends so many passwords in one call as Kratos can hash within half of the deadline", async () => {
    adminProxy.take();
    const { results } = await importAll(people(50, password("correct horse")));
    expect(results.filter(({ identityId }: any) => identityId)).toHaveLength(50);
    expect(adminProxy.take().filter(({ method }) => method === "PATCH")).toHaveLength(3);
  });
});

it("has an error for each identity that would make Kratos refuse the whole call, and creates the others", async () => {
  const { results } = await importAll([person(), person({ credentials: { password: { hashedPassword: "$nope$" } } }), person({ externalId: "x".repeat(65) }), person()]);
  expect(results.map(({ identityId, userErrors }: any) => [identityId !== null, userErrors.map(({ code, path }: any) => [code, ...path])])).toEqual([
    [true, []],
    [false, [["INVALID", "input", "identities", "1", "credentials", "password", "hashedPassword"]]],
    [false, [["INVALID", "input", "identities", "2", "externalId"]]],
    [true, []],
  ]);
});

it("has one audit line with counts, and the IDs in lines that log collectors do not cut", async () => {
  lines.length = 0;
  const { results } = await importAll([...people(150), person({ schemaId: "nosuch" })]);
  const [summary, ...more] = entries().filter(({ audit }) => audit);
  expect(summary).toMatchObject({ mutation: "importIdentities", outcome: "DONE", created: 150, failed: 1, codes: ["INVALID"], msg: "mutation" });
  expect(more.map(({ msg, identityIds }: any) => [msg, identityIds.length])).toEqual([["identities created", 100], ["identities created", 50]]);
  expect(more.flatMap(({ identityIds }: any) => identityIds)).toEqual(results.slice(0, 150).map(({ identityId }: any) => identityId));
  for (const line of lines) expect(line.length).toBeLessThan(16_000);
});

it("costs as much as it makes Kratos work", async () => {
  const tight = await startFacade(await stopAfterTest(startFakeKratos()), { limits: { cost: 100 } });
  expect(codeOf(await send(people(50), tight))).toBe("OPERATION_TOO_LARGE");
  expect((await send(people(20), tight)).errors).toBeUndefined();
  expect(codeOf(await send(people(10, password("correct horse")), tight))).toBe("OPERATION_TOO_LARGE");
});

describe("a Kratos that does not respond", () => {
  const isBatch = (line: string) => line.startsWith("PATCH /admin/identities");

  it("fails the mutation, whose outcome is unknown, if there is no result at all", async () => {
    const faulty = await stopAfterTest(startFaultyKratos());
    const at = await startFacade(faulty, { timeoutMs: 500, logger });
    faulty.fault = { do: () => {}, to: isBatch };
    lines.length = 0;
    const { data, errors } = await send(people(2), at);
    expect(data).toEqual({ importIdentities: null });
    expect(errors).toEqual([expect.objectContaining({ path: ["importIdentities"], extensions: { code: "KRATOS_UNAVAILABLE", outcome: "UNKNOWN" } })]);
    expect(entries().filter(({ audit }) => audit)).toEqual([expect.objectContaining({ outcome: "UNKNOWN", codes: ["KRATOS_UNAVAILABLE"] })]);
  });

  it("has an error for each identity if those of the first call may have been created, and the others were not sent", async () => {
    const faulty = await stopAfterTest(startFaultyKratos());
    const at = await startFacade(faulty, { timeoutMs: 2_000, logger });
    faulty.fault = { do: () => {}, to: isBatch };
    const { data, errors } = await send(people(5, password("correct horse")), at);
    expect(data!["importIdentities"]).toEqual({ results: Array(5).fill(null), userErrors: [] });
    expect(errors!.map(({ path, extensions }) => [path![2], extensions!["outcome"]])).toEqual([0, 1, 2, 3, 4].map((index) => [index, index < 3 ? "UNKNOWN" : undefined]));
  });

  it("has results for what it responded to before, and is not asked for what follows", async () => {
    const faulty = await stopAfterTest(startFaultyKratos());
    const at = await startFacade(faulty, { timeoutMs: 2_000, logger });
    let calls = 0;
    faulty.fault = { do: () => {}, to: (line) => isBatch(line) && ++calls > 1 };
    lines.length = 0;
    // In half of the deadline, Kratos hashes three passwords.
    const { data, errors } = await send(people(9, password("correct horse")), at);
    const ids = data!["importIdentities"].results.map((result: any) => result && result.identityId !== null);
    expect(ids).toEqual([true, true, true, null, null, null, null, null, null]);
    expect(errors!.map(({ path, extensions }) => [path![2], extensions!["outcome"]])).toEqual([3, 4, 5, 6, 7, 8].map((index) => [index, index < 6 ? "UNKNOWN" : undefined]));
    expect(errors!.at(-1)!.message).toBe("This identity was not sent to Kratos, because Kratos failed to create others.");
    expect(faulty.hit).toHaveLength(1);
    expect(entries().find(({ audit }) => audit)).toMatchObject({ outcome: "UNKNOWN", created: 3, failed: 6, codes: ["KRATOS_UNAVAILABLE"] });
  });
});

interface Other {
  /** IDs of what it has stored. */
  readonly stored: Set<string>;
  /** The emails in each request to create identities. */
  readonly calls: string[][];
  readonly at: FacadeUnderTest;
}

const idOf = (email: string) => `11111111-1111-4111-8111-${email.replace(/\D/g, "").padStart(12, "0")}`;
const ok = (email: string) => ({ action: "create", identity: idOf(email) });
const emailOf = ({ traits }: { traits: { email: string } }) => traits.email;

/**
 * A Kratos that creates identities in its own way.
 * @param create returns the status and the JSON for the emails in a request. One that is alone is not a batch
 */
async function startOther(create: (emails: string[], stored: Set<string>) => { status?: number; json: object }): Promise<Other> {
  const stored = new Set<string>();
  const calls: string[][] = [];
  const { url } = await stopAfterTest(
    startLoopbackServer(async (request, response) => {
      const reply = (status: number, json: object) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(json));
      const path = request.url!;
      if (path === "/version") return reply(200, { version: "v1.3.1" });
      const id = path.split("/").at(-1)!;
      if (request.method === "GET") return stored.has(id) ? reply(200, { id, schema_id: "default", schema_url: "" }) : reply(404, { error: { code: 404 } });
      const body = JSON.parse(await readText(request));
      const emails: string[] = request.method === "POST" ? [emailOf(body)] : body.identities.map((item: any) => emailOf(item.create));
      calls.push(emails);
      const { status = 200, json } = create(emails, stored);
      return reply(status, json);
    }),
  );
  return { stored, calls, at: await startFacade({ adminUrl: url, publicUrl: url }, { logger }) };
}

describe("a Kratos of another version", () => {
  it("that has undone a call because of a conflict, but reports the other identities as created, gets them again", async () => {
    const identities = people(4);
    const conflict = emailOf(identities[1]!);
    const { calls, stored, at } = await startOther((emails, stored) => {
      if (!emails.includes(conflict)) for (const email of emails) stored.add(idOf(email));
      return { json: { identities: emails.map((email) => (email === conflict ? { action: "error", error: { code: 409 } } : ok(email))) } };
    });
    const { results } = await importAll(identities, at);
    expect(calls.map(({ length }) => length)).toEqual([4, 3]);
    expect(results.map(({ identityId, userErrors: [error] }: any) => identityId ?? error.code)).toEqual([idOf(emailOf(identities[0]!)), "CONFLICT", ...identities.slice(2).map((one) => idOf(emailOf(one)))]);
    expect(stored.size).toBe(3);
  });

  it("that does not say what is wrong with one of several identities, gets it alone, and says it", async () => {
    const identities = people(3);
    const bad = emailOf(identities[2]!);
    const { calls, at } = await startOther((emails) => {
      if (emails.length === 1) return { status: 400, json: { error: { reason: `I[#/traits/email] S[#] "${bad}" is not valid "email"` } } };
      const hidden = { code: 400, reason: "The request was malformed or contained invalid parameters", message: "The request was malformed or contained invalid parameters" };
      return { json: { identities: emails.map((email) => (email === bad ? { action: "error", error: hidden } : ok(email))) } };
    });
    const { results } = await importAll(identities, at);
    expect(calls.map(({ length }) => length)).toEqual([3, 1]);
    expect(results[2]).toEqual({ identityId: null, userErrors: [{ code: "INVALID", message: `"${bad}" is not valid "email"`, path: ["input", "identities", "2", "traits", "email"] }] });
  });

  it("that refuses a whole call because of one identity, gets smaller ones, until that identity is alone", async () => {
    const identities = people(64);
    const bad = emailOf(identities[37]!);
    const { calls, at } = await startOther((emails) => {
      if (emails.includes(bad)) return { status: 400, json: { error: { reason: "The credential is malformed." } } };
      const [only] = emails;
      return emails.length === 1 ? { json: { id: idOf(only!), schema_id: "default", schema_url: "" } } : { json: { identities: emails.map(ok) } };
    });
    const { results } = await importAll(identities, at);
    expect(calls.length).toBeLessThanOrEqual(13);
    expect(results.map(({ identityId }: any) => identityId)).toEqual(identities.map((one) => (emailOf(one) === bad ? null : idOf(emailOf(one)))));
    expect(results[37].userErrors).toEqual([{ code: "INVALID", message: "The credential is malformed.", path: ["input", "identities", "37"] }]);
  });

  it.each([
    ["fewer results than identities", () => ({ identities: [] })],
    ["no list", () => ({ identities: "all" })],
  ])("that responds with %s, leaves it unknown what was created", async (_, json) => {
    const { at } = await startOther(() => ({ json: json() }));
    const { data, errors } = await send(people(2), at);
    expect(data).toEqual({ importIdentities: null });
    expect(errors).toEqual([expect.objectContaining({ extensions: { code: "KRATOS_ERROR", outcome: "UNKNOWN" } })]);
  });
});
