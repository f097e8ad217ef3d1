import type { IncomingMessage } from "node:http";
import { text as readText } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { stopAfterTest } from "../support/lifecycle.js";
import { startLoopbackServer } from "../support/http.js";
import { codeOf, dataOf, startFacade } from "../support/use-facade.js";

const ID = "11111111-1111-4111-8111-111111111111";
const OTHER = "22222222-2222-4222-8222-222222222222";
const PATCH = "mutation ($input: PatchIdentityInput!) { patchIdentity(input: $input) { identity { traits } userErrors { code message } } }";

/** A Kratos without a schema, which takes a moment for each request, and loses all but the last of several changes at once. */
async function startSlowKratos(delayMs: number, hangs: (method: string) => boolean = () => false) {
  const identities = new Map([ID, OTHER].map((id) => [id, { id, schema_id: "default", schema_url: "", traits: {} as Record<string, unknown> }]));
  const load = { running: new Map<string, number>(), most: 0 };
  const respond = async (request: IncomingMessage): Promise<unknown> => {
    if (request.url === "/version") return { version: "v26.2.0" };
    const identity = identities.get(request.url!.slice(-36).toLowerCase())!;
    if (request.method === "GET") return sleep(delayMs, { ...identity });
    const running = (load.running.get(identity.id) ?? 0) + 1;
    load.running.set(identity.id, running);
    load.most = Math.max(load.most, running);
    const [{ value }] = JSON.parse(await readText(request)) as [{ value: Record<string, unknown> }];
    await sleep(delayMs);
    load.running.set(identity.id, load.running.get(identity.id)! - 1);
    const changed = { ...identity, traits: value };
    identities.set(identity.id, changed);
    return changed;
  };
  const server = await stopAfterTest(
    startLoopbackServer(async (request, response) => {
      const json = await respond(request);
      if (!hangs(request.method!)) response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(json));
    }),
  );
  return { adminUrl: server.url, publicUrl: server.url, identities, load };
}

const merge = (id: string, trait: object) => ({ input: { id, traits: { merge: trait } } });

it("keeps the keys of 24 merges at once, of several requests and of one, whatever the case of the ID", async () => {
  const kratos = await startSlowKratos(2);
  const facade = await startFacade(kratos);
  const ids = [ID, ID.toUpperCase()];
  const sent = Array.from({ length: 22 }, (_, at) => facade.send(PATCH, merge(ids[at % 2]!, { [`key${at}`]: at })));
  const two = facade.send(`mutation { a: patchIdentity(input: { id: "${ID}", traits: { merge: { a: 1 } } }) { userErrors { code } } b: patchIdentity(input: { id: "${ID}", traits: { merge: { b: 1 } } }) { userErrors { code } } }`);
  for (const reply of await Promise.all([...sent, two])) dataOf(reply);
  expect(Object.keys(kratos.identities.get(ID)!.traits)).toHaveLength(24);
  expect(kratos.load.most).toBe(1);
});

it("changes different identities at the same time", async () => {
  const kratos = await startSlowKratos(100);
  const facade = await startFacade(kratos);
  await facade.send("{ version }");
  let isFirstDone = false;
  const first = facade.send(PATCH, merge(ID, { a: 1 })).then(() => (isFirstDone = true));
  const both = Promise.all([facade.send(PATCH, merge(ID, { b: 1 })), first]);
  dataOf(await facade.send(PATCH, merge(OTHER, { a: 1 })));
  expect(kratos.identities.get(ID)!.traits).not.toHaveProperty("b");
  await both;
  expect(isFirstDone).toBe(true);
});

it("fails a change whose turn does not come in time, and continues with later ones", async () => {
  let isHanging = true;
  const kratos = await startSlowKratos(0, (method) => isHanging && method === "PATCH");
  const facade = await startFacade(kratos, { timeoutMs: 500 });
  const first = facade.send(PATCH, { input: { id: ID, metadataPublic: { a: 1 } } });
  await sleep(50);
  const second = await facade.send(PATCH, { input: { id: ID, metadataPublic: { b: 1 } } });
  expect((await first).errors).toMatchObject([{ extensions: { code: "KRATOS_UNAVAILABLE", outcome: "UNKNOWN" } }]);
  // When the first one is given up, the second one has almost no time left.
  expect(["OVERLOADED", "KRATOS_UNAVAILABLE"]).toContain(codeOf(second));
  isHanging = false;
  expect(dataOf(await facade.send(PATCH, merge(ID, { c: 1 })))["patchIdentity"].userErrors).toEqual([]);
});

it("continues after a change that fails", async () => {
  const kratos = await startSlowKratos(5);
  const facade = await startFacade(kratos);
  const failing = facade.send(PATCH, { input: { id: ID, traits: { merge: { a: 1 } }, ifUnmodifiedSince: "2026-01-01T00:00:00Z" } });
  const next = facade.send(PATCH, merge(ID, { b: 1 }));
  expect(dataOf(await failing)["patchIdentity"].userErrors).toMatchObject([{ code: "CONFLICT", message: expect.stringContaining("an unknown time") }]);
  expect(dataOf(await next)["patchIdentity"].identity.traits).toEqual({ b: 1 });
});

it("refuses changes of an identity for which too many are waiting", async () => {
  const kratos = await startSlowKratos(20);
  const facade = await startFacade(kratos);
  await facade.send("{ version }");
  const replies = await Promise.all(Array.from({ length: 130 }, (_, at) => facade.send(PATCH, merge(ID, { [`key${at}`]: at }))));
  const refused = replies.filter(({ errors }) => errors);
  expect(refused.length).toBeGreaterThan(0);
  for (const { errors } of refused) {
    expect(errors).toMatchObject([{ message: "Other changes of this identity are running: patchIdentity was not sent, and nothing was changed. Try again later.", extensions: { code: "OVERLOADED", outcome: "NOT_SENT" } }]);
  }
  expect(Object.keys(kratos.identities.get(ID)!.traits)).toHaveLength(130 - refused.length);
});

it("merges a key that JavaScript would take for the prototype, and changes no other object", async () => {
  const kratos = await startSlowKratos(0);
  const facade = await startFacade(kratos);
  const input = JSON.parse('{ "id": "11111111-1111-4111-8111-111111111111", "traits": { "merge": { "__proto__": { "polluted": true }, "constructor": { "prototype": 1 } } } }') as object;
  dataOf(await facade.send(PATCH, { input }));
  expect(JSON.stringify(kratos.identities.get(ID)!.traits)).toBe('{"__proto__":{"polluted":true},"constructor":{"prototype":1}}');
  expect({}).not.toHaveProperty("polluted");
});
