import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import pino from "pino";
import { Kratos } from "../../src/kratos/index.js";
import { createFacade } from "../../src/server/facade.js";
import { listen } from "../../src/server/listen.js";
import { faults, startFaultyKratos, type FaultyKratos } from "../support/faulty-kratos.js";
import { fetchGraphQL } from "../support/http.js";
import { stopAfterTest, useServers } from "../support/lifecycle.js";
import { eventually } from "../support/wait.js";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const CONNECTIONS = 32;
const ONE_BY_ONE = "query ($of: [_Any!]!) { _entities(representations: $of) { ... on Identity { id } } }";
const strangers = Array.from({ length: 250 }, (_, at) => ({ __typename: "Identity", id: `11111111-1111-4111-8111-${String(at).padStart(12, "0")}` }));
/** Sockets that this process has open, of servers and clients alike. */
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

function heapUsed(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

it("ten thousand faults leave no memory, no socket and no place behind", async () => {
  await meetFaults(1_000);
  const heapBefore = heapUsed();
  const socketsBefore = openSockets();
  await meetFaults(10_000);
  // What a fault left would be some kilobytes: its buffers, its timer, its error.
  expect(heapUsed() - heapBefore).toBeLessThan(8_000_000);
  // Cut connections go, and the few that are kept are within the bound, at either end.
  await eventually("the connections to Kratos are as few as may be kept", () => kratos.openSockets <= CONNECTIONS);
  await eventually("there are no more sockets than before", () => openSockets() <= socketsBefore + 2 * CONNECTIONS);
  expect(kratos.mostConcurrent).toBeLessThanOrEqual(CONNECTIONS);
  await eventually("every place is free", () => facade.kratos.load.running === 0);
  expect(facade.kratos.load.queued).toBe(0);

  kratos.fault = undefined;
  expect((await facade.send("{ identities(first: 1) { edges { cursor } } }")).data.identities.edges).toHaveLength(1);
}, 60_000);

it("a connection that Kratos says nothing on, or a byte at a time, is cut at the deadline", async () => {
  const hasty = await stopAfterTest(startUnwatched(kratos, 200));
  for (const fault of [faults.silent, faults.drip]) {
    kratos.fault = undefined;
    await hasty.send("{ identities(first: 1) { edges { cursor } } }");
    kratos.fault = { do: fault, to: (line) => line.startsWith("GET /identities/") };
    const { errors } = await hasty.send(ONE_BY_ONE, { of: strangers.slice(0, 4) });
    expect(errors).toHaveLength(4);
    await eventually("they are gone at Kratos' side too", () => kratos.running === 0);
    await eventually("their places are free", () => hasty.kratos.load.running === 0);
  }
});
