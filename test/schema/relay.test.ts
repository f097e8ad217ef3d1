import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, validate } from "graphql";
import { buildFacadeSchema } from "../../src/graphql/schema.js";

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
  mkdirSync(join(app, "artifacts"));
  copyFileSync("schema.graphql", join(app, "schema.graphql"));
  writeFileSync(join(app, "IdentityList.js"), COMPONENT);
  writeFileSync(
    join(app, "relay.config.json"),
    JSON.stringify({ src: ".", schema: "schema.graphql", language: "javascript", artifactDirectory: "artifacts" }),
  );
});

afterAll(() => rmSync(app, { recursive: true }));

it("compiles a paginated Relay component against schema.graphql", async () => {
  execFileSync(process.execPath, [require.resolve("relay-compiler/cli.js")], { cwd: app, stdio: "pipe" });
  const artifact = async (name: string) => (await import(join(app, "artifacts", `${name}.graphql.js`))).default;
  expect((await artifact("IdentityList_query")).metadata).toMatchObject({
    connection: [{ count: "count", cursor: "cursor", direction: "forward", path: ["identities"] }],
    refetch: { connection: { forward: { count: "count", cursor: "cursor" }, backward: null, path: ["identities"] } },
  });
  const { text } = (await artifact("IdentityListMoreQuery")).params;
  expect(text).toMatch(/pageInfo {\s+endCursor\s+hasNextPage/);
  expect(validate(buildFacadeSchema().schema, parse(text))).toEqual([]);
});
