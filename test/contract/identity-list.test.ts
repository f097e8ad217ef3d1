import { randomUUID } from "node:crypto";
import { ListIdentitiesDocument } from "../generated/operations.js";
import { createIdentities, deleteIdentities } from "../support/kratos-api.js";
import { startKratos } from "../support/kratos-under-test.js";
import { codeOf, dataOf, useFacade } from "../support/use-facade.js";

const COUNT = 600;

const { kratos, facade, cleanups } = useFacade(startKratos);
let ours: string[] = [];

const newTraits = (count: number) => Array.from({ length: count }, () => ({ email: `${randomUUID()}@walk.example.com` }));

beforeAll(async () => {
  ours = await createIdentities(kratos, "default", newTraits(COUNT));
  cleanups.defer(() => deleteIdentities(kratos, ours));
}, 60_000);

async function page(first?: number, after?: string | null) {
  return dataOf(await facade.ask(ListIdentitiesDocument, { first, after })).identities!;
}

/** All IDs of a walk whose pages have these sizes in turn. */
async function walk(sizes: readonly number[], between: (page: number) => Promise<void> = async () => {}): Promise<string[]> {
  const seen: string[] = [];
  let after: string | null = null;
  for (let at = 0; ; at++) {
    const { edges, pageInfo }: Awaited<ReturnType<typeof page>> = await page(sizes[at % sizes.length], after);
    seen.push(...edges.map(({ node }) => node!.id));
    expect(pageInfo.hasPreviousPage).toBe(at > 0);
    if (!pageInfo.hasNextPage) return seen;
    expect(edges).toHaveLength(sizes[at % sizes.length]!);
    after = pageInfo.endCursor ?? null;
    await between(at);
  }
}

function expectEachOnce(seen: readonly string[], ids: readonly string[]): void {
  expect(new Set(seen).size).toBe(seen.length);
  expect(ids.filter((id) => !seen.includes(id))).toEqual([]);
}

describe("a walk through 600 identities", () => {
  it.each([[[250]], [[100]], [[37]], [[7, 250, 50]], [[1, 2, 3, 5, 8, 13, 21, 34, 55, 89]]])(
    "returns each once with pages of %p",
    async (sizes) => expectEachOnce(await walk(sizes), ours),
    60_000,
  );

  it("continues from the cursor of any edge with any page size", async () => {
    const { edges } = await page(40);
    for (const [at, first] of [[0, 39], [13, 5], [38, 1]] as const) {
      const next = await page(first, edges[at]!.cursor);
      expect(next.edges.map(({ node }) => node!.id)).toEqual(edges.slice(at + 1, at + 1 + first).map(({ node }) => node!.id));
    }
  });

  it("returns each that stays once while others are created and deleted", async () => {
    const extra: string[] = [];
    const gone = ours.slice(0, 40);
    const staying = ours.slice(40);
    const seen = await walk([60], async (at) => {
      if (at < 4) extra.push(...(await createIdentities(kratos, "default", newTraits(10))));
      if (at >= 2 && at < 6) await deleteIdentities(kratos, gone.splice(0, 10));
    });
    expectEachOnce(seen, staying);
    ours = [...staying, ...extra];
  }, 60_000);

  it("continues after the identity of its cursor is deleted", async () => {
    const [victim] = await createIdentities(kratos, "default", newTraits(1));
    const all = await walk([250]);
    const at = all.indexOf(victim!);
    const { pageInfo } = await page(1, at > 0 ? await cursorOf(all[at - 1]!) : null);
    await deleteIdentities(kratos, [victim!]);
    const { edges } = await page(5, pageInfo.endCursor);
    expect(edges.map(({ node }) => node!.id)).toEqual(all.slice(at + 1, at + 6));
  });
});

/** Walks to an identity. @returns its cursor */
async function cursorOf(id: string): Promise<string> {
  for (let after: string | null | undefined = null; ; ) {
    const { edges, pageInfo }: Awaited<ReturnType<typeof page>> = await page(250, after);
    const found = edges.find(({ node }) => node!.id === id);
    if (found) return found.cursor;
    after = pageInfo.endCursor;
  }
}

describe("a page", () => {
  it("has 50 identities by default", async () => {
    expect((await page()).edges).toHaveLength(50);
  });

  it("has the cursors of its first and last edge", async () => {
    const { edges, pageInfo } = await page(3);
    expect(pageInfo).toMatchObject({ startCursor: edges[0]!.cursor, endCursor: edges[2]!.cursor, hasNextPage: true });
  });

  it("after the last identity is empty", async () => {
    const all = await walk([250]);
    const { edges, pageInfo } = await page(10, await cursorOf(all.at(-1)!));
    expect(edges).toEqual([]);
    expect(pageInfo).toEqual({ hasNextPage: false, hasPreviousPage: true, startCursor: null, endCursor: null });
  });

  it.each([0, -1, 251, 1000])("of %d identities is rejected with the bounds", async (first) => {
    const reply = await facade.ask(ListIdentitiesDocument, { first });
    expect(codeOf(reply)).toBe("BAD_USER_INPUT");
    expect(reply.errors![0]!.message).toBe(`"first" must be between 1 and 250; received ${first}.`);
  });

  it.each(["", "nonsense", "MQ", Buffer.from(`${randomUUID()}:-1`).toString("base64url")])("after %p is rejected, which is not a cursor", async (after) => {
    const reply = await facade.ask(ListIdentitiesDocument, { after });
    expect(codeOf(reply)).toBe("BAD_USER_INPUT");
    expect(reply.errors![0]!.message).toContain('"after" must be a cursor');
  });
});
