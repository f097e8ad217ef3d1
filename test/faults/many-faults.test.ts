import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import pino from "pino";
import { Kratos, type KratosOptions } from "../../src/kratos/index.js";
import { createFacade } from "../../src/server/facade.js";
import { listen } from "../../src/server/listen.js";
import { eventually } from "../support/eventually.js";
import * as faults from "../support/faults/faults.js";
import { startFaultyKratos, type FaultyKratos } from "../support/faults/faulty-kratos.js";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const CONNECTIONS = 32;
const ONE_BY_ONE = "query ($of: [_Any!]!) { _entities(representations: $of) { ... on Identity { id } } }";
const strangers = Array.from({ length: 250 }, (_, at) => ({ __typename: "Identity", id: `11111111-1111-4111-8111-${String(at).padStart(12, "0")}` }));
/** Sockets that this process has open, of servers and clients alike. */
const openSockets = () => process.getActiveResourcesInfo().filter((kind) => kind === "TCPSocketWrap").length;

let kratos: FaultyKratos;
let facade: Awaited<ReturnType<typeof startUnwatched>>;

beforeAll(async () => {
  kratos = await startFaultyKratos("v0.6.3-alpha.1");
  facade = await startUnwatched({ ...kratos, timeoutMs: 60_000, connections: CONNECTIONS });
});

afterAll(async () => {
  await facade.stop();
  await kratos.stop();
});

/** The facade without what the other tests watch it with, for that keeps all that it sees. */
async function startUnwatched({ adminUrl, publicUrl, timeoutMs, connections }: KratosOptions) {
  const kratos = new Kratos({ adminUrl, publicUrl, timeoutMs, connections });
  const { handle, stop } = await createFacade({ kratos, logger: pino({ level: "silent" }), authentication: "none" });
  const server = await listen(handle, "127.0.0.1", 0);
  return {
    kratos,
    send: async (query: string, variables?: object): Promise<any> => {
      const headers = { "content-type": "application/json" };
      return (await fetch(`${server.url}/graphql`, { method: "POST", headers, body: JSON.stringify({ query, variables }) })).json();
    },
    stop: async () => {
      await server.close();
      await stop();
    },
  };
}

const KINDS = [faults.resetBefore, faults.html, faults.resetInBody, faults.plainText500, faults.malformed, faults.largeHeaders, faults.noHttp];

/** A v0.6 is asked for each identity by itself, so each meets a fault of its own: one kind after the other. */
async function meetFaults(count: number): Promise<void> {
  let met = 0;
  kratos.fault = { do: (response) => KINDS[met++ % KINDS.length]!(response), to: (line) => line.startsWith("GET /identities/") };
  while (met < count) {
    await Promise.all(
      Array.from({ length: 4 }, async () => {
        const { errors } = await facade.send(ONE_BY_ONE, { of: strangers });
        expect(errors).toHaveLength(strangers.length);
      }),
    );
    kratos.hit.length = 0;
  }
}

async function heapUsed(): Promise<number> {
  collectGarbage();
  // Node's Request objects have finalizers, which run in a turn of their own.
  await sleep(100);
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

it("ten thousand faults leave no memory, no socket and no place behind", async () => {
  await meetFaults(1_000);
  const heapBefore = await heapUsed();
  const socketsBefore = openSockets();
  await meetFaults(10_000);
  // What a fault left would be some kilobytes: its buffers, its timer, its error.
  expect((await heapUsed()) - heapBefore).toBeLessThan(8_000_000);
  // Cut connections go, and the few that are kept are within the bound, at either end.
  await eventually("the connections to Kratos are as few as may be kept", () => kratos.openSockets <= CONNECTIONS);
  await eventually("there are no more sockets than before", () => openSockets() <= socketsBefore + 2 * CONNECTIONS);
  expect(kratos.most).toBeLessThanOrEqual(CONNECTIONS);
  await eventually("every place is free", () => facade.kratos.load.running === 0);
  expect(facade.kratos.load.queued).toBe(0);

  kratos.fault = undefined;
  expect((await facade.send("{ identities(first: 1) { edges { cursor } } }")).data.identities.edges).toHaveLength(1);
}, 60_000);

it("a connection that Kratos says nothing on, or a byte at a time, is cut at the deadline", async () => {
  const hasty = await startUnwatched({ ...kratos, timeoutMs: 200, connections: CONNECTIONS });
  for (const fault of [faults.silent, faults.drip]) {
    kratos.fault = undefined;
    await hasty.send("{ identities(first: 1) { edges { cursor } } }");
    kratos.fault = { do: fault, to: (line) => line.startsWith("GET /identities/") };
    const { errors } = await hasty.send(ONE_BY_ONE, { of: strangers.slice(0, 4) });
    expect(errors).toHaveLength(4);
    await eventually("they are gone at Kratos' side too", () => kratos.running === 0);
    await eventually("their places are free", () => hasty.kratos.load.running === 0);
  }
  await hasty.stop();
});
