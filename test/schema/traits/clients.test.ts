import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { type DocumentNode, print } from "graphql";
import ts from "typescript";
import { buildFacadeSchema } from "../../../src/graphql/schema.js";
import { SAMPLE_TRAITS, startFakeKratos } from "../../fake-kratos/index.js";
import { dataOf, useFacade } from "../../support/use-facade.js";

/* An app with one client after the other, set up as docs/clients.md describes it for a schema with typed traits. */
const PAGE = readFileSync("docs/clients.md", "utf8");
const inPage = (pattern: RegExp) => pattern.exec(PAGE)![1]!.replaceAll("node_modules/kratos-graphql/schema.api.graphql", "schema.api.graphql");

const traits = { schemas: SAMPLE_TRAITS, trustsSchema: true };
const { facade } = useFacade(startFakeKratos, { traits });

const QUERY = "($id: ID!) { identity(id: $id) { personTraits { email age tags name { first } } deviceTraits { serial } } }";
const MUTATION = "($input: CreateIdentityInput!) { createIdentity(input: $input) { identity { id } userErrors { path } } }";

const RIGHT = `
  declare const data: Data;
  export const traits: { email: string; age?: number | null; tags?: readonly string[] | null } = data.identity!.personTraits!;
  export const first: string | null | undefined = data.identity?.personTraits?.name?.first;
  export const input: Input = { typedTraits: { personTraits: { email: "ann@example.com", age: 30, tags: ["a"], name: { first: "Ann" } } } };
`;

/** Each of the lines is wrong. */
const WRONG = [
  "declare const identity: NonNullable<Data['identity']>; identity.personTraits.email",
  "identity.personTraits!.mail",
  "identity.personTraits!.email satisfies number",
  "identity.personTraits!.age satisfies number",
  "identity.personTraits!.age! satisfies string",
  "identity.personTraits!.tags! satisfies string",
  "identity.deviceTraits!.serial satisfies number",
  "({ typedTraits: {} }) satisfies Input",
  "({ typedTraits: { personTraits: {} } }) satisfies Input",
  "({ typedTraits: { personTraits: { email: 1 } } }) satisfies Input",
  "({ typedTraits: { personTraits: { email: 'a', age: '30' } } }) satisfies Input",
  "({ typedTraits: { personTraits: { email: 'a', nickname: 'b' } } }) satisfies Input",
];
/** Its union type in gql.tada is one of objects that may have further keys. */
const WRONG_EXCEPT_IN_TADA = "({ typedTraits: { personTraits: { email: 'a' }, deviceTraits: { serial: 'b' } } }) satisfies Input";

/** What each client adds to the app: `Data` and `Input` are its types. */
const CLIENTS = {
  TypedDocumentNode: `
    import type { ResultOf, VariablesOf } from "@graphql-typed-document-node/core";
    import { CreatePersonDocument, PersonDocument } from "./generated/graphql";
    export type Data = ResultOf<typeof PersonDocument>;
    export type Input = VariablesOf<typeof CreatePersonDocument>["input"];
    export const documents = { query: PersonDocument, mutation: CreatePersonDocument };
  `,
  tada: `
    import type { ResultOf, VariablesOf } from "gql.tada";
    import { graphql } from "./graphql";
    export const documents = { query: graphql(\`query Person ${QUERY}\`), mutation: graphql(\`mutation CreatePerson ${MUTATION}\`) };
    export type Data = ResultOf<typeof documents.query>;
    export type Input = VariablesOf<typeof documents.mutation>["input"];
  `,
  relay: `
    import query, { type PersonPageQuery$data } from "./artifacts/PersonPageQuery.graphql";
    import mutation, { type PersonPageMutation$variables } from "./artifacts/PersonPageMutation.graphql";
    export type Data = PersonPageQuery$data;
    export type Input = PersonPageMutation$variables["input"];
    export const documents = { query: query.params.text, mutation: mutation.params.text };
  `,
};
const NAMES = Object.keys(CLIENTS);

let app: string;

/** Lines with errors of TypeScript, e.g. `tada.wrong.ts:3`. */
let errors: readonly string[];

beforeAll(() => {
  app = mkdtempSync(join(tmpdir(), "typed-app-"));
  const write = (path: string, content: string) => writeFileSync(join(app, path), content);
  const run = (program: string, ...args: string[]) => execFileSync(process.execPath, [join("node_modules/.bin", program), ...args], { cwd: app, stdio: "pipe" });
  mkdirSync(join(app, "src/artifacts"), { recursive: true });
  symlinkSync(resolve("node_modules"), join(app, "node_modules"));
  write("schema.api.graphql", buildFacadeSchema({ traits }).apiSdl);
  write("src/person.graphql", `query Person ${QUERY}\nmutation CreatePerson ${MUTATION}`);
  write("src/graphql.ts", inPage(/```ts\n(import \{ initGraphQLTada.*?)```/s));
  write("src/PersonPage.ts", `import { graphql } from "relay-runtime"; graphql\`query PersonPageQuery ${QUERY}\`; graphql\`mutation PersonPageMutation ${MUTATION}\`;`);
  write("src/relay-runtime.d.ts", 'declare module "relay-runtime";');
  for (const [name, content] of Object.entries(CLIENTS)) {
    const imported = `import type { Data, Input } from "./${name}";\n`;
    write(`src/${name}.ts`, content);
    write(`src/${name}.right.ts`, imported + RIGHT);
    write(`src/${name}.wrong.ts`, imported + [...WRONG, WRONG_EXCEPT_IN_TADA].join(";\n"));
  }

  write("codegen.ts", inPage(/```ts\n(import type \{ CodegenConfig.*?)```/s).replace("kratos-graphql/codegen", resolve("src/codegen.ts")));
  run("graphql-codegen", "--config", "codegen.ts", "--silent");
  const plugin = JSON.parse(inPage(/```json\n(\{\n {2}"name": "gql.tada.*?)```/s)) as object;
  const options = { strict: true, target: "ES2022", module: "ESNext", moduleResolution: "bundler", skipLibCheck: true, noEmit: true, types: [], plugins: [plugin] };
  write("tsconfig.json", JSON.stringify({ include: ["src"], compilerOptions: { ...options, paths: { "kratos-graphql/codegen": [resolve("src/codegen.ts")] } } }));
  run("gql.tada", "generate-output");
  write("relay.config.json", JSON.stringify({ ...JSON.parse(inPage(/```json\n(\{\n {2}"src".*?)```/s)), artifactDirectory: "src/artifacts" }));
  run("relay-compiler");

  const { options: parsed, fileNames } = ts.parseJsonConfigFileContent(ts.readConfigFile(join(app, "tsconfig.json"), ts.sys.readFile).config, ts.sys, app);
  errors = ts.getPreEmitDiagnostics(ts.createProgram(fileNames, parsed)).map(({ file, start, messageText }) => {
    if (!file) return ts.flattenDiagnosticMessageText(messageText, " ");
    return `${relative(join(app, "src"), file.fileName)}:${file.getLineAndCharacterOfPosition(start!).line}`;
  });
}, 120_000);

afterAll(() => rmSync(app, { recursive: true }));

it("has no errors outside of what is wrong", () => {
  expect(errors.filter((error) => !error.includes(".wrong.ts:"))).toEqual([]);
});

it.each(NAMES)("%s refuses traits and inputs that do not exist or have other types", (name) => {
  const lines = [...WRONG, ...(name === "tada" ? [] : [WRONG_EXCEPT_IN_TADA])].map((_, index) => `${name}.wrong.ts:${index + 1}`);
  expect(new Set(errors.filter((error) => error.startsWith(`${name}.wrong.ts:`)))).toEqual(new Set(lines));
});

it.each(NAMES)("%s sends what the server answers as the types say", async (name) => {
  const { documents } = (await import(join(app, "src", `${name}.ts`))) as { documents: Record<"query" | "mutation", DocumentNode | string> };
  const send = (document: DocumentNode | string, variables: object) => facade.send(typeof document === "string" ? document : print(document), variables);
  const personTraits = { email: `${name}@example.com`, age: 2 ** 40, tags: ["a"], name: { first: "Ann" } };
  const { createIdentity } = dataOf(await send(documents.mutation, { input: { typedTraits: { personTraits } } }));
  expect(createIdentity).toEqual({ identity: { id: expect.any(String) }, userErrors: [] });
  expect(dataOf(await send(documents.query, { id: createIdentity.identity.id }))).toMatchObject({ identity: { personTraits, deviceTraits: null } });
});
