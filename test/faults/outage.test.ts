import { faults, startFaultyKratos, type FaultyKratos } from "../support/faulty-kratos.js";
import { unknownIds } from "../support/kratos-api.js";
import { stopAfterTest } from "../support/lifecycle.js";
import { codeOf, dataOf, startFacade, type FacadeUnderTest } from "../support/use-facade.js";
import { inTime } from "../support/wait.js";
import { MUTATIONS, READS, RECOVERY_LINK } from "./operations.js";

let kratos: FaultyKratos;
let facade: FacadeUnderTest;

const serve = async (version: "v0.6.3-alpha.1" | "v26.2.0", timeoutMs = 2_000) => {
  kratos = await stopAfterTest(startFaultyKratos(version));
  facade = await startFacade(kratos, { timeoutMs });
};

const idsOf = async (count: number): Promise<string[]> => {
  const { edges } = dataOf(await facade.send(`{ identities(first: ${count}) { edges { node { id } } } }`))["identities"];
  return edges.map(({ node }: any) => node.id);
};

describe("a Kratos that refuses connections", () => {
  it("is KRATOS_UNAVAILABLE for every operation that needs it, and for no other", async () => {
    await serve("v26.2.0");
    const [hurt, fine] = (await idsOf(2)) as [string, string];
    await kratos.disconnect();
    await Promise.all(
      Object.values({ ...READS, ...MUTATIONS, ...RECOVERY_LINK }).map(async ({ query }) => {
        const { data, errors } = await inTime(facade.send(query({ hurt, fine })));
        expect(data).toEqual({ hurt: null, fine: null });
        expect(errors!.map(({ extensions }) => extensions!["code"])).toEqual(["KRATOS_UNAVAILABLE", "KRATOS_UNAVAILABLE"]);
      }),
    );
    expect(dataOf(await facade.send(`{ __typename _entities(representations: [{ __typename: "Identity", id: "no-uuid" }]) { __typename } health { alive } }`))).toEqual({
      __typename: "Query",
      _entities: [null],
      health: { alive: false },
    });
  });

  it("fails a field with the name of its own operation, and not of the one that detects the version before it", async () => {
    await serve("v26.2.0");
    await kratos.disconnect();
    const { errors } = await facade.send('{ identities(first: 1) { edges { cursor } } loginFlow(id: "1") { id } }');
    const messages = ["getLoginFlow", "listIdentities"].map((name) => `Kratos could not be reached for ${name}.`);
    expect(errors!.map(({ message }) => message).sort()).toEqual(messages);
  });

  it("is served again as soon as it is up", async () => {
    await serve("v26.2.0");
    const [id] = await idsOf(1);
    const query = `{ identity(id: "${id}") { id } }`;
    await kratos.disconnect();
    const end = Date.now() + 1_000;
    while (Date.now() < end) expect(codeOf(await facade.send(query))).toBe("KRATOS_UNAVAILABLE");
    await kratos.reconnect();
    expect(dataOf(await facade.send(query))["identity"]).toEqual({ id });
    expect(dataOf(await facade.send("{ health { alive ready } }"))["health"]).toEqual({ alive: true, ready: true });
  });
});

describe("a Kratos that fails in the middle of a batch", () => {
  it("fails the rest of the batch with KRATOS_UNAVAILABLE, within a single deadline", async () => {
    await serve("v0.6.3-alpha.1", 800);
    const known = await idsOf(25);
    const strangers = unknownIds(975);
    const answered = new Set(known.slice(0, 20).map((id) => `GET /identities/${id}`));
    kratos.fault = { do: faults.silent, to: (line) => line.startsWith("GET /identities/") && !answered.has(line) };
    const of = [...known, ...strangers].map((id) => ({ __typename: "Identity", id }));
    const { data, errors } = await inTime(facade.send("query ($of: [_Any!]!) { _entities(representations: $of) { ... on Identity { id } } }", { of }));
    expect(data!["_entities"].filter(Boolean)).toHaveLength(20);
    expect(errors).toHaveLength(980);
    expect(new Set(errors!.map(({ extensions }) => extensions!["code"]))).toEqual(new Set(["KRATOS_UNAVAILABLE"]));
    // Requests that were not sent are not sent later.
    expect(kratos.hit.length).toBeLessThan(100);
  });

  it("and hangs up fails only the entities it did not return", async () => {
    await serve("v0.6.3-alpha.1");
    const known = await idsOf(25);
    kratos.fault = { do: faults.resetBefore, to: (line) => known.slice(20).some((id) => line.includes(id)) };
    const of = known.map((id) => ({ __typename: "Identity", id }));
    const { data, errors } = await facade.send("query ($of: [_Any!]!) { _entities(representations: $of) { ... on Identity { id } } }", { of });
    expect(data!["_entities"]).toEqual(known.map((id, at) => (at < 20 ? { id } : null)));
    expect(errors!.map(({ path, extensions }) => [path, extensions!["code"]])).toEqual(
      [20, 21, 22, 23, 24].map((at) => [["_entities", at], "KRATOS_UNAVAILABLE"]),
    );
  });
});
