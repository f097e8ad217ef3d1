import { randomUUID } from "node:crypto";
import pMap from "p-map";
import { compare } from "semver";
import { FIRST_VERSION } from "../../src/kratos/features.js";
import { GetCourierMessageDocument, ListCourierMessagesDocument, type CourierMessageStatus } from "../generated/operations.js";
import { deleteIdentities, requestRecovery, signUp, UNKNOWN_ID } from "../support/kratos-api.js";
import { isFake, startKratos } from "../support/kratos-under-test.js";
import { codeOf, dataOf, useFacade } from "../support/use-facade.js";

/** A message takes a real Kratos two requests of a user. */
const COUNT = isFake ? 600 : 60;

const { kratos, facade, cleanups } = useFacade(startKratos);
const recipient = `${randomUUID()}@courier.example.com`;
let version: string;
let isSupported: boolean;

beforeAll(async () => {
  ({ version } = dataOf(await facade.send("{ version }")) as { version: string });
  isSupported = compare(version, FIRST_VERSION.courierMessage) >= 0;
  if (!isSupported) return;
  const { identityId } = await signUp(kratos, { email: recipient });
  cleanups.defer(() => deleteIdentities(kratos, [identityId]));
  await pMap(Array.from({ length: COUNT }), () => requestRecovery(kratos, recipient), { concurrency: 8 });
}, 120_000);

interface Filter {
  readonly status?: CourierMessageStatus;
  readonly recipient?: string;
}

async function page(first?: number, after?: string | null, filter: Filter = { recipient }) {
  return dataOf(await facade.ask(ListCourierMessagesDocument, { first, after, ...filter })).courierMessages!;
}

async function walk(sizes: readonly number[]): Promise<string[]> {
  const seen: string[] = [];
  let after: string | null = null;
  for (let at = 0; ; at++) {
    const first = sizes[at % sizes.length]!;
    const { edges, pageInfo }: Awaited<ReturnType<typeof page>> = await page(first, after);
    seen.push(...edges.map(({ node }) => node.id));
    expect(pageInfo.hasPreviousPage).toBe(at > 0);
    if (!pageInfo.hasNextPage) return seen;
    expect(edges).toHaveLength(first);
    after = pageInfo.endCursor ?? null;
  }
}

it("is unsupported before the versions that have it", async () => {
  const replies = [await facade.ask(ListCourierMessagesDocument, { recipient }), await facade.ask(GetCourierMessageDocument, { id: UNKNOWN_ID })];
  if (isSupported) return replies.forEach(dataOf);
  expect(replies.map(codeOf)).toEqual(["UNSUPPORTED_BY_KRATOS", "UNSUPPORTED_BY_KRATOS"]);
  expect(replies.map(({ errors }) => errors![0]!.extensions!["since"])).toEqual(["v0.11.0", "v0.11.1"]);
});

it("shows a message without what Kratos hides outside of development mode", async () => {
  if (!isSupported) return;
  const { edges } = await page(1);
  const [{ node }] = edges as [(typeof edges)[number]];
  expect(node).toMatchObject({ status: "QUEUED", type: "email", recipient, body: null, templateType: "recovery_valid", sendCount: 0 });
  expect(JSON.stringify(node)).not.toContain("redacted");
  expect(dataOf(await facade.ask(GetCourierMessageDocument, { id: node.id.toUpperCase() })).courierMessage).toEqual({ ...node, dispatches: [] });
  const { data } = await facade.send("query ($recipient: String!) { courierMessages(recipient: $recipient, first: 3) { edges { node { dispatches { id } } } } }", { recipient });
  expect(data!["courierMessages"].edges).toEqual([1, 2, 3].map(() => ({ node: { dispatches: [] } })));
});

it("returns null for an unknown message, and rejects an ID that is not a UUID", async () => {
  if (!isSupported) return;
  expect(dataOf(await facade.ask(GetCourierMessageDocument, { id: UNKNOWN_ID })).courierMessage).toBeNull();
  expect(codeOf(await facade.ask(GetCourierMessageDocument, { id: "xyz" }))).toBe("BAD_USER_INPUT");
});

it("lists messages of a status and to a recipient, and rejects an empty recipient, for which Kratos lists all", async () => {
  if (!isSupported) return;
  expect((await page(5, null, { recipient, status: "QUEUED" as CourierMessageStatus })).edges).toHaveLength(5);
  expect((await page(5, null, { recipient, status: "ABANDONED" as CourierMessageStatus })).edges).toEqual([]);
  expect((await page(5, null, { recipient: `x${recipient}` })).edges).toEqual([]);
  expect((await page(undefined, null, {})).edges).toHaveLength(50);
  expect(codeOf(await facade.ask(ListCourierMessagesDocument, { recipient: "" }))).toBe("BAD_USER_INPUT");
});

describe(`a walk through ${COUNT} messages`, () => {
  it.each([[[250]], [[7]], [[37, 250, 1, 13]]])("returns each once with pages of %p", async (sizes) => {
    if (!isSupported) return;
    const seen = await walk(sizes);
    expect(new Set(seen).size).toBe(seen.length);
    // There may be one for the registration.
    expect(seen.length - COUNT).toBeGreaterThanOrEqual(0);
    expect(seen.length - COUNT).toBeLessThanOrEqual(1);
  }, 60_000);

  it("continues from the cursor of any edge with any page size", async () => {
    if (!isSupported) return;
    const { edges } = await page(40);
    for (const [at, first] of [[0, 39], [13, 5], [29, 15], [38, 1], [39, 20]] as const) {
      const ids = (await page(first, edges[at]!.cursor)).edges.map(({ node }) => node.id);
      expect(ids.slice(0, 39 - at)).toEqual(edges.slice(at + 1, at + 1 + first).map(({ node }) => node.id));
      expect(ids).toHaveLength(first);
    }
  });

  it.each(["", "nonsense", "MQ", "courierMessages:-1", "courierMessages:0:bm9uc2Vuc2U", "sessions:1"])("rejects %p, which is not a cursor", async (text) => {
    // Before v1.3, nothing follows a token that Kratos cannot read.
    if (!isSupported || (text.endsWith("bm9uc2Vuc2U") && compare(version, "v1.3.0") < 0)) return;
    for (const after of [text, Buffer.from(text).toString("base64url")]) {
      expect(codeOf(await facade.ask(ListCourierMessagesDocument, { after }))).toBe("BAD_USER_INPUT");
    }
  });
});
