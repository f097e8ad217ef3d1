import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { buildSchema, isScalarType, isSpecifiedScalarType } from "graphql";
import { scalars } from "../../src/codegen.js";
import { buildFacadeSchema } from "../../src/graphql/schema.js";
import { FORMATS } from "../../src/graphql/traits/scalars.js";
import { customer, withTraits } from "./traits/typed-traits.js";

const PAGE = readFileSync("docs/clients.md", "utf8");
const [, config = ""] = /```ts\n(import type \{ CodegenConfig.*?)```/s.exec(PAGE)!;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "codegen-"));
});

afterAll(() => rmSync(folder, { recursive: true }));

/** Runs GraphQL Code Generator with the configuration of docs/clients.md, on the operations of the tests. @returns the types */
function generate(change: (config: string) => string = (config) => config): string {
  const output = join(folder, "graphql.ts");
  const adapted = change(config)
    .replace('from "kratos-graphql/codegen"', `from "${resolve("src/codegen.ts")}"`)
    .replace("node_modules/kratos-graphql/schema.api.graphql", resolve("schema.api.graphql"))
    .replace("src/**/*.graphql", resolve("test/documents/*.graphql"))
    .replace("src/generated/graphql.ts", output);
  writeFileSync(join(folder, "codegen.ts"), adapted);
  const cli = join(dirname(require.resolve("@graphql-codegen/cli/package.json")), "cjs/bin.js");
  execFileSync(process.execPath, [cli, "--config", join(folder, "codegen.ts"), "--silent"], { stdio: "pipe" });
  // Helper types of the generator have constraints with `unknown`, and documents are cast.
  const isHelper = (line: string) => /^export type (Exact|MakeEmpty)<|^export const \w+(Doc|Document) = /.test(line);
  return readFileSync(output, "utf8").split("\n").filter((line) => !isHelper(line)).join("\n");
}

const withoutDescriptions = (types: string) => types.replace(/\/\*\*.*?\*\//gs, "");

it("names a type for each custom scalar of the schema, also of one with typed traits", () => {
  const traits = Object.fromEntries([...FORMATS.keys()].map((format) => [format, { type: "string", format }]));
  const { apiSdl } = buildFacadeSchema({ traits: { schemas: [customer(withTraits({ ...traits, serial: { type: "integer" } }))], trustsSchema: false } });
  const types = Object.values(buildSchema(apiSdl).getTypeMap());
  const expected = types.filter((type) => isScalarType(type) && !isSpecifiedScalarType(type)).map(({ name }) => name);
  expect(Object.keys(scalars)).toEqual(expected);
  const [, relay = ""] = /"customScalarTypes": (\{.*?\n {2}\})/s.exec(PAGE)!;
  expect(Object.keys(JSON.parse(relay) as object)).toEqual(expected);
  const [, yaml = ""] = /```yaml\nscalars:\n(.*?)```/s.exec(PAGE)!;
  expect(yaml).toBe(Object.entries(scalars).map(([name, type]) => `  ${name}: ${type}\n`).join(""));
});

it("gives traits and dates their types as docs/clients.md describes it, so that nothing is `unknown` or `any`", () => {
  const types = withoutDescriptions(generate());
  expect(types).toContain("import type { JsonObject } from 'kratos-graphql/codegen'");
  expect(types).toContain("JSONObject: { input: JsonObject; output: JsonObject; }");
  expect(types).toMatch(/DateTime: \{ input: string; output: string; \}/);
  expect(types).not.toMatch(/\b(unknown|any)\b/);
}, 60_000);

it("is necessary: without it, the types are `unknown` or `any`", () => {
  expect(withoutDescriptions(generate((config) => config.replace("scalars, ", "")))).toMatch(/JSONObject: \{ input: (unknown|any); output: (unknown|any); \}/);
}, 60_000);
