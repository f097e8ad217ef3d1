import { faults, largeBody, redirect, startFaultyKratos, tooMany, type Fault } from "../support/faulty-kratos.js";
import { unknownIds } from "../support/kratos-api.js";
import { useServers } from "../support/lifecycle.js";
import { codeOf, createFacadeUnderTest, dataOf, startFacade } from "../support/use-facade.js";
import { inTime } from "../support/wait.js";
import { MUTATIONS, READS, RECOVERY_LINK, type Ids } from "./operations.js";

/** Each fault with the error code it causes. Faults that never end are tested with a short deadline. */
const FAULTS: readonly { is: string; code: string; do: Fault; endless?: boolean }[] = [
  { is: "resets the connection before it responds", code: "KRATOS_UNAVAILABLE", do: faults.resetBefore },
  { is: "resets the connection in the middle of the body", code: "KRATOS_UNAVAILABLE", do: faults.resetInBody },
  { is: "never responds", code: "KRATOS_UNAVAILABLE", do: faults.silent, endless: true },
  { is: "sends a byte at a time without end", code: "KRATOS_UNAVAILABLE", do: faults.drip, endless: true },
  { is: "asks to retry after half a minute", code: "KRATOS_UNAVAILABLE", do: tooMany("30") },
  { is: "responds with a wrong content type", code: "KRATOS_ERROR", do: faults.wrongType },
  { is: "responds with HTML", code: "KRATOS_ERROR", do: faults.html },
  { is: "redirects with 302", code: "KRATOS_ERROR", do: redirect(302, "/elsewhere") },
  { is: "redirects with 307", code: "KRATOS_ERROR", do: redirect(307, "/elsewhere") },
  { is: "responds with 500 in plain text", code: "KRATOS_ERROR", do: faults.plainText500 },
  { is: "responds with malformed JSON", code: "KRATOS_ERROR", do: faults.malformed },
  { is: "responds with JSON of another shape", code: "KRATOS_ERROR", do: faults.otherShape },
  { is: "sends more than 16 kB of headers", code: "KRATOS_ERROR", do: faults.largeHeaders },
  { is: "does not speak HTTP", code: "KRATOS_ERROR", do: faults.noHttp },
];

/** The deadline for faults that never end. */
const DEADLINE_MS = 400;

const { kratos, facade, hasty } = useServers(async (cleanups) => {
  const kratos = cleanups.use(await startFaultyKratos());
  const facade = cleanups.use(await createFacadeUnderTest(kratos, { timeoutMs: 5_000 }));
  const hasty = cleanups.use(await createFacadeUnderTest(kratos, { timeoutMs: DEADLINE_MS }));
  return { kratos, facade, hasty };
});
let ids: Ids;

beforeEach(async () => {
  kratos.fault = undefined;
  const { edges } = dataOf(await facade.send("{ identities(first: 2) { edges { node { id } } } }"))["identities"];
  ids = { hurt: edges[0].node.id, fine: edges[1].node.id };
  // Connections and the version come first, so that the deadline is for the fault only.
  dataOf(await hasty.send(`{ version identity(id: "${ids.fine}") { id } }`));
  kratos.hit.length = 0;
});

describe.each(FAULTS)("a Kratos that $is", ({ code, do: fault, endless }) => {
  it.each([
    ["reads", READS, 3],
    ["mutations, which it never gets twice,", MUTATIONS, 1],
    ["a recovery link, which is never requested twice,", RECOVERY_LINK, 1],
  ] as const)(`for %s fails only these fields, with ${code}`, async (_, operations, tries) => {
    const lines = Object.values(operations).map(({ to }) => to(ids));
    kratos.fault = { do: fault, to: (line) => lines.some((start) => line.startsWith(start)) };
    await Promise.all(
      Object.values(operations).map(async ({ query }) => {
        const reply = await inTime((endless ? hasty : facade).send(query(ids)));
        expect({ query, code: codeOf(reply), path: reply.errors![0]!.path }).toEqual({ query, code, path: ["hurt"] });
        expect(reply.data).toEqual({ hurt: null, fine: expect.anything() });
      }),
    );
    for (const start of lines) {
      const times = kratos.hit.filter((line) => line.startsWith(start)).length;
      expect(times).toBeGreaterThan(0);
      expect(times).toBeLessThanOrEqual(tries);
    }
  });

  it(`for one reference of a batch fails only this entity, with ${code}`, async () => {
    const strangers = unknownIds(199);
    kratos.fault = { do: fault, to: (line) => line.includes(ids.hurt) };
    const of = [ids.fine, ...strangers, ids.hurt].map((id) => ({ __typename: "Identity", id }));
    const reply = await inTime((endless ? hasty : facade).send("query ($of: [_Any!]!) { _entities(representations: $of) { ... on Identity { id } } }", { of }));
    expect(codeOf(reply)).toBe(code);
    expect(reply.errors![0]!.path).toEqual(["_entities", 200]);
    expect(reply.data!["_entities"][0]).toEqual({ id: ids.fine });
  });

  it("for its health does not fail the health field", async () => {
    kratos.fault = { do: fault, to: (line) => line.includes("/health/") };
    const { health } = dataOf(await inTime((endless ? hasty : facade).send("{ health { alive ready errors { name } } }")));
    // Only the status of a health check matters.
    const counts = fault === faults.malformed || fault === faults.otherShape;
    expect(health).toEqual(counts ? { alive: true, ready: true, errors: [] } : { alive: false, ready: false, errors: [{ name: "kratos" }] });
  });

  it("for its version fails each field, and none after it recovers", async () => {
    const stranger = await startFacade(kratos, { timeoutMs: endless ? DEADLINE_MS : 5_000 });
    kratos.fault = { do: fault, to: (line) => line.endsWith("/version") };
    const query = `{ version identity(id: "${ids.fine}") { id } }`;
    const { data, errors } = await inTime(stranger.send(query));
    expect(data).toEqual({ version: null, identity: null });
    expect(errors!.map(({ extensions }) => extensions!["code"])).toEqual([code, code]);
    kratos.fault = undefined;
    expect(dataOf(await stranger.send(query))["identity"]).toEqual({ id: ids.fine });
  });
});

it("never follows a redirect", async () => {
  const query = `{ identity(id: "${ids.hurt}") { id } }`;
  for (const status of [302, 307] as const) {
    const seen: string[] = [];
    const fault = redirect(status, "/elsewhere");
    kratos.fault = { do: fault, to: (line) => Boolean(seen.push(line)) && line.includes(ids.hurt) };
    expect(codeOf(await facade.send(query))).toBe("KRATOS_ERROR");
    expect(seen.filter((line) => line.includes("elsewhere"))).toEqual([]);
  }
});

it("reads a response of 40 MB, and fails with KRATOS_ERROR above 50 MB", async () => {
  const query = `{ metrics }`;
  const ask = async (bytes: number) => {
    kratos.fault = { do: largeBody(bytes), to: (line) => line.includes("/identities?") };
    return facade.send("{ identities(first: 1) { edges { cursor } } }");
  };
  expect((await ask(51_000_000)).errors![0]!.message).toBe("The response of Kratos to listIdentities cannot be read.");
  expect((await ask(40_000_000)).errors![0]!.message).toContain("status 200");
  kratos.fault = undefined;
  expect(dataOf(await facade.send(query))["metrics"]).toContain("go_goroutines");
}, 20_000);

describe("a 429 with Retry-After", () => {
  it("delays the retry of a read if the deadline allows it", async () => {
    let first = 0;
    const to = (line: string) => line.includes(ids.hurt) && (first ||= Date.now()) > 0 && Date.now() < first + 900;
    kratos.fault = { do: tooMany("1"), to };
    expect(dataOf(await facade.send(`{ identity(id: "${ids.hurt}") { id } }`))["identity"]).toEqual({ id: ids.hurt });
    expect(kratos.hit).toHaveLength(1);
  });

  it.each([
    ["seconds", () => "30"],
    ["a date", () => new Date(Date.now() + 30_000).toUTCString()],
  ])("in %s beyond the deadline is passed to the caller at once", async (_, retryAfter) => {
    kratos.fault = { do: tooMany(retryAfter()), to: (line) => line.includes(ids.hurt) };
    const reply = await inTime(facade.send(`{ identity(id: "${ids.hurt}") { id } }`));
    expect(codeOf(reply)).toBe("KRATOS_UNAVAILABLE");
    const seconds = reply.errors![0]!.extensions!["retryAfter"];
    expect(seconds).toBeGreaterThan(15);
    expect(seconds).toBeLessThanOrEqual(30);
    expect(kratos.hit).toHaveLength(1);
  });
});
