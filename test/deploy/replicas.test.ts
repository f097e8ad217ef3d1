import { createHash, randomUUID } from "node:crypto";
import { startFakeKratos, type FakeKratos } from "../fake-kratos/index.js";
import { fetchGraphQL } from "../support/http.js";
import { stopAfterTest } from "../support/lifecycle.js";
import { startRecordingProxy, type RecordingProxy } from "../support/recording-proxy.js";
import { dataOf, startFacade, type FacadeUnderTest, type Reply } from "../support/use-facade.js";

/* client → round robin → three facades, each with its own caches → proxy → one Kratos. */
let kratos: FakeKratos;
let toKratos: RecordingProxy;
let replicas: FacadeUnderTest[];
let balancer: RecordingProxy;
/** How many requests each replica has had. */
let turns: number[];

beforeEach(async () => {
  kratos = await stopAfterTest(startFakeKratos());
  toKratos = await stopAfterTest(startRecordingProxy(kratos.adminUrl));
  replicas = await Promise.all([0, 1, 2].map(() => startFacade({ adminUrl: toKratos.url, publicUrl: kratos.publicUrl })));
  balancer = await stopAfterTest(startRecordingProxy(""));
  turns = [0, 0, 0];
  let next = 0;
  Object.defineProperty(balancer, "target", {
    get: () => {
      const at = next++ % replicas.length;
      turns[at]! += 1;
      return replicas[at]!.url;
    },
  });
});

const post = (body: object): Promise<Reply<Record<string, any>>> => fetchGraphQL(`${balancer.url}/graphql`, body);
const send = async (query: string, variables: object = {}) => dataOf(await post({ query, variables }));

const PAGE = "query ($after: String) { identities(first: 4, after: $after) { edges { node { id } } pageInfo { hasNextPage endCursor } } }";

async function walk(eachPage = async (_page: number) => {}): Promise<string[]> {
  const ids: string[] = [];
  let after: string | null = null;
  for (let page = 1; ; page += 1) {
    const { identities } = await send(PAGE, { after });
    ids.push(...identities.edges.map(({ node }: any) => node.id));
    if (!identities.pageInfo.hasNextPage) return ids;
    after = identities.pageInfo.endCursor;
    await eachPage(page);
  }
}

it("returns each identity once if every page comes from another replica", async () => {
  const all = dataOf(await replicas[0]!.send("{ identities(first: 250) { edges { node { id } } } }"))["identities"].edges;
  expect(await walk()).toEqual(all.map(({ node }: any) => node.id));
  expect(Math.min(...turns)).toBeGreaterThanOrEqual(2);
});

it("continues a walk while one replica stops and another starts", async () => {
  const ids = await walk(async (page) => {
    if (page !== 3) return;
    const [gone] = replicas.splice(1, 1);
    replicas.push(await startFacade({ adminUrl: toKratos.url, publicUrl: kratos.publicUrl }));
    await gone!.stop();
  });
  expect(ids).toHaveLength(new Set(ids).size);
  expect(ids.length).toBeGreaterThanOrEqual(25);
});

it("shows what one replica creates, updates and deletes on all others at once", async () => {
  const email = `${randomUUID()}@replicas.example.com`;
  const create = "mutation ($traits: JSONObject!) { createIdentity(input: { schemaId: \"default\", traits: $traits }) { identity { id } } }";
  const { id } = (await send(create, { traits: { email } }))["createIdentity"].identity;
  const read = async () => (await send("query ($id: ID!) { identity(id: $id) { traits } }", { id }))["identity"];
  const everywhere = () => Promise.all([read(), read(), read()]);
  expect(await everywhere()).toEqual(Array(3).fill({ traits: { email } }));
  await send("mutation ($id: ID!, $traits: JSONObject!) { updateIdentity(input: { id: $id, traits: $traits }) { identity { id } } }", { id, traits: { email, age: 7 } });
  expect(await everywhere()).toEqual(Array(3).fill({ traits: { email, age: 7 } }));
  await send("mutation ($id: ID!) { deleteIdentity(input: { id: $id }) { userErrors { code } } }", { id });
  expect(await everywhere()).toEqual([null, null, null]);
  expect(Math.min(...turns)).toBeGreaterThanOrEqual(3);
});

it("answers persisted queries on every replica: each asks once for those that it does not know", async () => {
  const query = "{ identities(first: 1) { edges { node { schemaId } } } }";
  const extensions = { persistedQuery: { version: 1, sha256Hash: createHash("sha256").update(query).digest("hex") } };
  let unknown = 0;
  for (let at = 0; at < 9; at += 1) {
    let reply = await post({ extensions });
    if (reply.errors?.[0]?.extensions?.["code"] === "PERSISTED_QUERY_NOT_FOUND") {
      unknown += 1;
      reply = await post({ query, extensions });
    }
    expect(dataOf(reply)["identities"].edges).toHaveLength(1);
  }
  expect(unknown).toBeGreaterThan(0);
  expect(unknown).toBeLessThan(9);
});

it("detects an upgrade of Kratos on every replica", async () => {
  const older = await stopAfterTest(startFakeKratos({ version: "v0.6.3-alpha.1" }));
  toKratos.target = older.adminUrl;
  const lists = async () => {
    toKratos.take();
    for (const _ of replicas) await send("{ identities(first: 1) { edges { cursor } } }");
    return toKratos.take().map(({ path }) => path.split("?")[0]);
  };
  const versions = async () => [await send("{ version }"), await send("{ version }"), await send("{ version }")].map(({ version }) => version);
  expect(await versions()).toEqual(Array(3).fill("v0.6.3-alpha.1"));
  expect(new Set(await lists())).toEqual(new Set(["/identities"]));
  toKratos.target = kratos.adminUrl;
  expect(await versions()).toEqual(Array(3).fill("v26.2.0"));
  expect(await lists()).toEqual(Array(3).fill("/admin/identities"));
});
