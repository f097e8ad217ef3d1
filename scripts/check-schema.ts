import "reflect-metadata";
import { readFileSync } from "node:fs";
import { stringify } from "yaml";
import { breakingChanges } from "./breaking-changes.js";

/** Fails where schema.graphql breaks what the last release's clients rely on, but for what is listed as intended. */
const [released, next, intended] = ["released/schema.graphql", "schema.graphql", "released/intended-changes.yml"].map((file) =>
  readFileSync(file, "utf8"),
) as [string, string, string];
const { unintended, stale } = await breakingChanges(released, next, intended);

if (unintended.length > 0) {
  const entries = unintended.map(({ path, message }) => ({ path, message, reason: "" }));
  console.error(`schema.graphql breaks the last release's. Take it back, or list it in released/intended-changes.yml with a reason:\n`);
  console.error(stringify(entries, { lineWidth: 0 }));
}
if (stale.length > 0) {
  console.error(`released/intended-changes.yml lists what schema.graphql does not change; take it out:\n`);
  console.error(stringify(stale, { lineWidth: 0 }));
}
if (unintended.length + stale.length > 0) process.exit(1);
