import { readFileSync } from "node:fs";
import { breakingChanges } from "../../scripts/breaking-changes.js";

const released = readFileSync("released/schema.graphql", "utf8");

/** The released schema with one replacement. */
function changed(from: string | RegExp, to: string): string {
  const next = released.replace(from, to);
  expect(next).not.toBe(released);
  return next;
}

const REMOVED = changed(/ +"""[^"]+"""\n +schemaUrl: String!\n/, "");
const entry = (message: string) => JSON.stringify([{ path: "Identity.schemaUrl", message, reason: "Nobody reads it." }]);

it("finds no breaking changes in schema.graphql except the intended ones (npm run schema:check)", async () => {
  const intended = readFileSync("released/intended-changes.yml", "utf8");
  expect(await breakingChanges(released, readFileSync("schema.graphql", "utf8"), intended)).toEqual({ unintended: [], stale: [] });
});

it.each([
  ["a removed field", () => REMOVED, "Identity.schemaUrl"],
  ["a field that becomes nullable", () => changed("schemaUrl: String!", "schemaUrl: String"), "Identity.schemaUrl"],
  ["an argument that becomes required", () => changed("first: Int\n", "first: Int!\n"), "Query.identities.first"],
  ["an input field that becomes required", () => changed("schemaId: String\n", "schemaId: String!\n"), "UpdateIdentityInput.schemaId"],
  ["a removed enum value", () => changed(/ +"""[^"]+"""\n +CONFLICT\n/, ""), "UserErrorCode.CONFLICT"],
  ["a type that loses its key", () => changed('type Identity @key(fields: "id")', "type Identity"), "Identity.@key"],
  ["another key", () => changed('type Identity @key(fields: "id")', 'type Identity @key(fields: "schemaId")'), "Identity.@key.fields"],
  ["a type that is no longer shared", () => changed("type PageInfo @shareable", "type PageInfo"), "PageInfo.@shareable"],
])("finds %s", async (_, next, path) => {
  const { unintended } = await breakingChanges(released, next(), "[]");
  expect(unintended.map((change) => change.path)).toEqual([path]);
});

it.each([
  ["a new field", () => changed("  schemaUrl: String!\n", "  schemaUrl: String!\n  schemaTitle: String\n")],
  ["a new optional argument", () => changed("    first: Int\n", "    first: Int\n    state: IdentityState\n")],
  ["a changed description", () => changed('"""How Kratos is."""', '"""How Kratos does."""')],
  ["a deprecated field", () => changed("schemaUrl: String!", 'schemaUrl: String! @deprecated(reason: "Use schema.")')],
])("allows %s", async (_, next) => {
  expect(await breakingChanges(released, next(), "[]")).toEqual({ unintended: [], stale: [] });
});

it("allows a breaking change if it is recorded, and no other", async () => {
  const message = "Field 'schemaUrl' was removed from object type 'Identity'";
  expect(await breakingChanges(released, REMOVED, entry(message))).toEqual({ unintended: [], stale: [] });
  const more = REMOVED.replace("[VerifiableAddress!]!", "[VerifiableAddress!]");
  expect((await breakingChanges(released, more, entry(message))).unintended).toHaveLength(1);
});

it("finds a stale record, and rejects one without a reason", async () => {
  expect((await breakingChanges(released, released, entry("Gone"))).stale).toHaveLength(1);
  await expect(breakingChanges(released, REMOVED, entry("Gone").replace("Nobody reads it.", ""))).rejects.toThrow("reason");
});
