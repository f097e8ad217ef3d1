import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, validate } from "graphql";
import { buildFacadeSchema } from "../../src/graphql/schema.js";

/** The configuration in docs/clients.md. */
const [, config = ""] = /```json\n(\{\n  "src".*?)```/s.exec(readFileSync("docs/clients.md", "utf8"))!;

/** A component that shows identities and loads more of them. */
const COMPONENT = `
  import { graphql } from "relay-runtime";

  graphql\`
    fragment IdentityList_query on Query
    @argumentDefinitions(count: { type: "Int", defaultValue: 50 }, cursor: { type: "String" })
    @refetchable(queryName: "IdentityListMoreQuery") {
      identities(first: $count, after: $cursor) @connection(key: "IdentityList_identities") {
        edges { node { id traits state } }
      }
    }
  \`;
`;

let app: string;

beforeAll(() => {
  app = mkdtempSync(join(tmpdir(), "relay-app-"));
  for (const folder of ["src", "artifacts"]) mkdirSync(join(app, folder));
  writeFileSync(join(app, "src/IdentityList.ts"), COMPONENT);
  writeFileSync(join(app, "relay.config.json"), JSON.stringify({ ...JSON.parse(config), schema: "schema.graphql", artifactDirectory: "artifacts" }));
});

afterAll(() => rmSync(app, { recursive: true }));

it.each(["schema.api.graphql", "schema.graphql"])("compiles a paginated Relay component against %s, with the types of scalars in docs/clients.md", async (schema) => {
  copyFileSync(schema, join(app, "schema.graphql"));
  execFileSync(process.execPath, [require.resolve("relay-compiler/cli.js")], { cwd: app, stdio: "pipe" });
  const artifact = async (name: string) => (await import(join(app, "artifacts", `${name}.graphql.ts`))).default;
  expect((await artifact("IdentityList_query")).metadata).toMatchObject({
    connection: [{ count: "count", cursor: "cursor", direction: "forward", path: ["identities"] }],
    refetch: { connection: { forward: { count: "count", cursor: "cursor" }, backward: null, path: ["identities"] } },
  });
  const types = readFileSync(join(app, "artifacts/IdentityList_query.graphql.ts"), "utf8");
  expect(types).toContain('import { JsonObject } from "kratos-graphql/codegen"');
  expect(types).toContain("readonly traits: JsonObject;");
  const { text } = (await artifact("IdentityListMoreQuery")).params;
  expect(text).toMatch(/pageInfo {\s+endCursor\s+hasNextPage/);
  expect(validate(buildFacadeSchema().schema, parse(text))).toEqual([]);
});
