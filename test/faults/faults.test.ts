import { faults, largeBody, redirect, startFaultyKratos, tooMany, type Fault } from "../support/faulty-kratos.js";
import { useServers } from "../support/lifecycle.js";
import { codeOf, createFacadeUnderTest, dataOf, startFacade } from "../support/use-facade.js";
import { inTime } from "../support/wait.js";
import { CHANGES, READS, RECOVERY_LINK, type Ids } from "./operations.js";

/** Each fault with the error that is its name; those that never end are met with a short deadline. */
const FAULTS: readonly { is: string; code: string; do: Fault; endless?: boolean }[] = [
  { is: "resets the connection before it answers", code: "KRATOS_UNAVAILABLE", do: faults.resetBefore },
  { is: "resets the connection in mid-body", code: "KRATOS_UNAVAILABLE", do: faults.resetInBody },
  { is: "accepts and is silent", code: "KRATOS_UNAVAILABLE", do: faults.silent, endless: true },
  { is: "says a byte at a time for ever", code: "KRATOS_UNAVAILABLE", do: faults.drip, endless: true },
  { is: "asks to come back in half a minute", code: "KRATOS_UNAVAILABLE", do: tooMany("30") },
  { is: "answers with a wrong content type", code: "KRATOS_ERROR", do: faults.wrongType },
  { is: "answers with HTML", code: "KRATOS_ERROR", do: faults.html },
  { is: "redirects with 302", code: "KRATOS_ERROR", do: redirect(302, "/elsewhere") },
  { is: "redirects with 307", code: "KRATOS_ERROR", do: redirect(307, "/elsewhere") },
  { is: "answers 500 in plain text", code: "KRATOS_ERROR", do: faults.plainText500 },
  { is: "answers with malformed JSON", code: "KRATOS_ERROR", do: faults.malformed },
  { is: "answers with JSON of another shape", code: "KRATOS_ERROR", do: faults.otherShape },
  { is: "sends over 16 kB of headers", code: "KRATOS_ERROR", do: faults.largeHeaders },
  { is: "does not speak HTTP", code: "KRATOS_ERROR", do: faults.noHttp },
];

/** Of what meets a fault without an end. */
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
  // A deadline is for the fault alone: connections and the version are there before.
  dataOf(await hasty.send(`{ version identity(id: "${ids.fine}") { id } }`));
  kratos.hit.length = 0;
});

describe.each(FAULTS)("a Kratos that $is", ({ code, do: fault, endless }) => {
  it.each([
    ["reads", READS, 3],
    ["changes, which it never gets twice,", CHANGES, 1],
    ["a recovery link, which it is never asked for twice,", RECOVERY_LINK, 1],
  ] as const)(`for %s is ${code} there, and nothing to the fields beside them`, async (_, operations, tries) => {
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

  it(`for one of the references in a batch is ${code} there, and nothing to the others`, async () => {
    const strangers = Array.from({ length: 199 }, (_, at) => `11111111-1111-4111-8111-${String(at).padStart(12, "0")}`);
    kratos.fault = { do: fault, to: (line) => line.includes(ids.hurt) };
    const of = [ids.fine, ...strangers, ids.hurt].map((id) => ({ __typename: "Identity", id }));
    const reply = await inTime((endless ? hasty : facade).send("query ($of: [_Any!]!) { _entities(representations: $of) { ... on Identity { id } } }", { of }));
    expect(codeOf(reply)).toBe(code);
    expect(reply.errors![0]!.path).toEqual(["_entities", 200]);
    expect(reply.data!["_entities"][0]).toEqual({ id: ids.fine });
  });

  it("for its health is an answer", async () => {
    kratos.fault = { do: fault, to: (line) => line.includes("/health/") };
    const { health } = dataOf(await inTime((endless ? hasty : facade).send("{ health { alive ready errors { name } } }")));
    // Its word for health is the status alone.
    const counts = fault === faults.malformed || fault === faults.otherShape;
    expect(health).toEqual(counts ? { alive: true, ready: true, errors: [] } : { alive: false, ready: false, errors: [{ name: "kratos" }] });
  });

  it("for the question after its version is an error of each field, and of none once it is over", async () => {
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

it("a redirect is never followed", async () => {
  const query = `{ identity(id: "${ids.hurt}") { id } }`;
  for (const status of [302, 307] as const) {
    const seen: string[] = [];
    const fault = redirect(status, "/elsewhere");
    kratos.fault = { do: fault, to: (line) => Boolean(seen.push(line)) && line.includes(ids.hurt) };
    expect(codeOf(await facade.send(query))).toBe("KRATOS_ERROR");
    expect(seen.filter((line) => line.includes("elsewhere"))).toEqual([]);
  }
});

it("an answer of over 50 MB is a KRATOS_ERROR, and one of 40 MB is read", async () => {
  const query = `{ metrics }`;
  const ask = async (bytes: number) => {
    kratos.fault = { do: largeBody(bytes), to: (line) => line.includes("/identities?") };
    return facade.send("{ identities(first: 1) { edges { cursor } } }");
  };
  expect((await ask(51_000_000)).errors![0]!.message).toBe("Kratos' answer to listIdentities cannot be read.");
  expect((await ask(40_000_000)).errors![0]!.message).toContain("status 200");
  kratos.fault = undefined;
  expect(dataOf(await facade.send(query))["metrics"]).toContain("go_goroutines");
}, 20_000);

describe("a 429 with Retry-After", () => {
  it("is heeded by a read where the deadline allows: it is asked once more, when Kratos said", async () => {
    let first = 0;
    const to = (line: string) => line.includes(ids.hurt) && (first ||= Date.now()) > 0 && Date.now() < first + 900;
    kratos.fault = { do: tooMany("1"), to };
    expect(dataOf(await facade.send(`{ identity(id: "${ids.hurt}") { id } }`))["identity"]).toEqual({ id: ids.hurt });
    expect(kratos.hit).toHaveLength(1);
  });

  it.each([
    ["seconds", () => "30"],
    ["a date", () => new Date(Date.now() + 30_000).toUTCString()],
  ])("in %s after the deadline is told to the caller at once", async (_, retryAfter) => {
    kratos.fault = { do: tooMany(retryAfter()), to: (line) => line.includes(ids.hurt) };
    const reply = await inTime(facade.send(`{ identity(id: "${ids.hurt}") { id } }`));
    expect(codeOf(reply)).toBe("KRATOS_UNAVAILABLE");
    const seconds = reply.errors![0]!.extensions!["retryAfter"];
    expect(seconds).toBeGreaterThan(15);
    expect(seconds).toBeLessThanOrEqual(30);
    expect(kratos.hit).toHaveLength(1);
  });
});
