import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import pino from "pino";
import { Kratos } from "../../src/kratos/index.js";
import { createFacade } from "../../src/server/facade.js";
import { listen } from "../../src/server/listen.js";
import { faults, startFaultyKratos, type FaultyKratos } from "../support/faulty-kratos.js";
import { fetchGraphQL } from "../support/http.js";
import { unknownIds } from "../support/kratos-api.js";
import { stopAfterTest, useServers } from "../support/lifecycle.js";
import { eventually } from "../support/wait.js";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const CONNECTIONS = 32;
const ONE_BY_ONE = "query ($of: [_Any!]!) { _entities(representations: $of) { ... on Identity { id } } }";
const strangers = unknownIds(250).map((id) => ({ __typename: "Identity", id }));
/** Open sockets of this process, of servers and clients. */
const openSockets = () => process.getActiveResourcesInfo().filter((kind) => kind === "TCPSocketWrap").length;

const { kratos, facade } = useServers(async (cleanups) => {
  const kratos = cleanups.use(await startFaultyKratos("v0.6.3-alpha.1"));
  return { kratos, facade: cleanups.use(await startUnwatched(kratos, 60_000)) };
});

/** Starts the facade without the leak watch of the other tests, which keeps everything that it sees. */
async function startUnwatched({ adminUrl, publicUrl }: FaultyKratos, timeoutMs: number) {
  const kratos = new Kratos({ adminUrl, publicUrl, timeoutMs, connections: CONNECTIONS });
  const { handle, stop } = await createFacade({ kratos, logger: pino({ level: "silent" }), authentication: "none" });
  const server = await listen(handle, "127.0.0.1", 0);
  return {
    kratos,
    send: (query: string, variables?: object): Promise<any> => fetchGraphQL(`${server.url}/graphql`, { query, variables }),
    stop: async () => {
      await server.close();
      await stop();
    },
  };
}

const KINDS = [faults.resetBefore, faults.html, faults.resetInBody, faults.plainText500, faults.malformed, faults.largeHeaders, faults.noHttp];

/** On v0.6 each identity is a request of its own, so each meets a fault: all kinds in turn. */
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

it("leaks no memory, no socket and no slot of the queue after ten thousand faults", async () => {
  await meetFaults(1_000);
  const heapBefore = await heapUsed();
  const socketsBefore = openSockets();
  await meetFaults(10_000);
  // A leak would be some kilobytes for each fault: its buffers, its timer, its error.
  expect((await heapUsed()) - heapBefore).toBeLessThan(8_000_000);
  // Broken connections are closed, and the ones that are kept are within the bound, on both sides.
  await eventually("the connections to Kratos are within the bound", () => kratos.openSockets <= CONNECTIONS);
  await eventually("there are no more sockets than before", () => openSockets() <= socketsBefore + 2 * CONNECTIONS);
  expect(kratos.mostConcurrent).toBeLessThanOrEqual(CONNECTIONS);
  await eventually("no request is running", () => facade.kratos.load.running === 0);
  expect(facade.kratos.load.queued).toBe(0);

  kratos.fault = undefined;
  expect((await facade.send("{ identities(first: 1) { edges { cursor } } }")).data.identities.edges).toHaveLength(1);
}, 120_000);

it("closes a connection at the deadline if Kratos is silent, or sends a byte at a time", async () => {
  const hasty = await stopAfterTest(startUnwatched(kratos, 200));
  for (const fault of [faults.silent, faults.drip]) {
    kratos.fault = undefined;
    await hasty.send("{ identities(first: 1) { edges { cursor } } }");
    kratos.fault = { do: fault, to: (line) => line.startsWith("GET /identities/") };
    const { errors } = await hasty.send(ONE_BY_ONE, { of: strangers.slice(0, 4) });
    expect(errors).toHaveLength(4);
    await eventually("no request is running at Kratos", () => kratos.running === 0);
    await eventually("no request is running in the client", () => hasty.kratos.load.running === 0);
  }
});
