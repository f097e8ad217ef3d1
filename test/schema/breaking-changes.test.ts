import { readFileSync } from "node:fs";
import { breakingChanges } from "../../scripts/breaking-changes.js";

const released = readFileSync("released/schema.graphql", "utf8");

/** The released schema with one text of it replaced. */
function changed(from: string | RegExp, to: string): string {
  const next = released.replace(from, to);
  expect(next).not.toBe(released);
  return next;
}

const REMOVED = changed(/ +"""[^"]+"""\n +schemaUrl: String!\n/, "");
const entry = (message: string) => JSON.stringify([{ path: "Identity.schemaUrl", message, reason: "Nobody reads it." }]);

it("schema.graphql breaks nothing of the last release but what is recorded as intended (npm run schema:check)", async () => {
  const intended = readFileSync("released/intended-changes.yml", "utf8");
  expect(await breakingChanges(released, readFileSync("schema.graphql", "utf8"), intended)).toEqual({ unintended: [], stale: [] });
});

it.each([
  ["a field that is gone", () => REMOVED, "Identity.schemaUrl"],
  ["a field that may be null now", () => changed("schemaUrl: String!", "schemaUrl: String"), "Identity.schemaUrl"],
  ["an argument that must be given now", () => changed("first: Int\n", "first: Int!\n"), "Query.identities.first"],
  ["an input field that must be given now", () => changed("schemaId: String\n", "schemaId: String!\n"), "UpdateIdentityInput.schemaId"],
  ["a value that is gone", () => changed(/ +"""[^"]+"""\n +CONFLICT\n/, ""), "UserErrorCode.CONFLICT"],
  ["a type that other subgraphs cannot refer to any more", () => changed('type Identity @key(fields: "id")', "type Identity"), "Identity.@key"],
  ["another key", () => changed('type Identity @key(fields: "id")', 'type Identity @key(fields: "schemaId")'), "Identity.@key.fields"],
  ["a type that is no longer shared", () => changed("type PageInfo @shareable", "type PageInfo"), "PageInfo.@shareable"],
])("%s is found", async (_, next, path) => {
  const { unintended } = await breakingChanges(released, next(), "[]");
  expect(unintended.map((change) => change.path)).toEqual([path]);
});

it.each([
  ["a new field", () => changed("  schemaUrl: String!\n", "  schemaUrl: String!\n  schemaTitle: String\n")],
  ["a new argument that may be left out", () => changed("    first: Int\n", "    first: Int\n    state: IdentityState\n")],
  ["another description", () => changed('"""How Kratos is."""', '"""How Kratos does."""')],
  ["a field that is deprecated", () => changed("schemaUrl: String!", 'schemaUrl: String! @deprecated(reason: "Use schema.")')],
])("%s breaks nothing", async (_, next) => {
  expect(await breakingChanges(released, next(), "[]")).toEqual({ unintended: [], stale: [] });
});

it("a change is let pass where it is recorded, and that one alone", async () => {
  const message = "Field 'schemaUrl' was removed from object type 'Identity'";
  expect(await breakingChanges(released, REMOVED, entry(message))).toEqual({ unintended: [], stale: [] });
  const more = REMOVED.replace("[VerifiableAddress!]!", "[VerifiableAddress!]");
  expect((await breakingChanges(released, more, entry(message))).unintended).toHaveLength(1);
});

it("a record of what is not changed is found, and one without a reason is refused", async () => {
  expect((await breakingChanges(released, released, entry("Gone"))).stale).toHaveLength(1);
  await expect(breakingChanges(released, REMOVED, entry("Gone").replace("Nobody reads it.", ""))).rejects.toThrow("reason");
});
