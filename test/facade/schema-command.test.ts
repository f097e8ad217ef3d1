import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { findBreakingChanges } from "../../src/commands/schema.js";
import { buildFacadeSchema } from "../../src/graphql/schema.js";
import { startFakeKratos } from "../fake-kratos/index.js";
import { runCli } from "../support/child-process.js";
import { writeFolder } from "../support/folder.js";
import { stopAfterTest } from "../support/lifecycle.js";

const STRING = { type: "string" };
const customer = (properties: object, others: object = {}) => ({ properties: { traits: { type: "object", properties, ...others } } });
const MAPPING = { Customer: { id: "preset://email", file: "customer.schema.json" } };
const RELEASED = customer({ email: STRING, name: STRING, role: { enum: ["admin", "guest"] } });

/** Runs `kratos-graphql schema`. */
async function schema(env: Record<string, string>, ...args: string[]) {
  const program = runCli(env, "schema", ...args);
  const exit = await program.ended;
  return { exit, stdout: program.stdout, stderr: program.stderr };
}

it("prints the schema with typed traits from files without Kratos, in a production environment, too", async () => {
  const files = await writeFolder({ "traits.json": MAPPING, "customer.schema.json": RELEASED });
  const env = { NODE_ENV: "production", TRAITS_SCHEMAS: files.path("traits.json") };
  const { sdl, apiSdl } = buildFacadeSchema({ traits: { trustsSchema: false, schemas: [{ name: "Customer", id: "preset://email", source: "", schema: RELEASED }] } });
  expect(sdl).toContain("customerTraits: CustomerTraits");
  expect(await schema(env)).toEqual({ exit: 0, stdout: sdl, stderr: "" });
  expect(await schema(env, "--api")).toEqual({ exit: 0, stdout: apiSdl, stderr: "" });
  expect((await schema(env, "--no-auth-directives")).stdout).not.toContain("@requiresScopes");
}, 30_000);

it("prints non-null fields for required traits with TRAITS_REQUIRED=trust", async () => {
  const files = await writeFolder({ "traits.json": MAPPING, "customer.schema.json": customer({ email: STRING }, { required: ["email"] }) });
  const env = { TRAITS_SCHEMAS: files.path("traits.json") };
  const typeIn = (sdl: string) => /^type CustomerTraits [^}]*\n {2}(email: \S+)/m.exec(sdl)?.[1];
  expect(typeIn((await schema(env)).stdout)).toBe("email: String");
  expect(typeIn((await schema({ ...env, TRAITS_REQUIRED: "trust" })).stdout)).toBe("email: String!");
}, 30_000);

it("asks Kratos for identity schemas that are not in files", async () => {
  const kratos = await stopAfterTest(startFakeKratos());
  const env = { KRATOS_ADMIN_URL: kratos.adminUrl, KRATOS_PUBLIC_URL: kratos.publicUrl, TRAITS_SCHEMAS: "kratos" };
  const { exit, stdout } = await schema(env);
  expect(exit).toBe(0);
  expect(stdout).toContain("\n  defaultTraits: DefaultTraits ");
  expect(stdout).toContain("\n  deviceTraits: DeviceTraits ");
}, 30_000);

it("has the hash that the server reports", async () => {
  const { stdout } = await schema({});
  const hash = createHash("sha256").update(stdout).digest("hex");
  expect(hash).toBe(createHash("sha256").update(readFileSync("schema.graphql")).digest("hex"));
  const { exit, stderr } = await (async () => {
    const program = runCli({ SCHEMA_HASH: `sha256:${"0".repeat(64)}`, TRAITS_SCHEMAS: "off" });
    return { exit: await program.ended, stderr: program.stderr };
  })();
  expect([exit, stderr]).toEqual([1, expect.stringContaining(`has the hash sha256:${hash}.`)]);
}, 30_000);

describe("--check", () => {
  const sdlOf = (next: object) => buildFacadeSchema({ traits: { trustsSchema: false, schemas: [{ name: "Customer", id: "customer", source: "", schema: next }] } });
  const released = sdlOf(RELEASED);

  it.each([
    ["nothing, if a trait is added", customer({ email: STRING, name: STRING, phone: STRING, role: { enum: ["admin", "guest", "owner"] } }), []],
    ["a removed trait", customer({ email: STRING, role: { enum: ["admin", "guest"] } }), ["CustomerTraits.name", "CustomerTraitsInput.name", "CustomerTraitsPatchInput.name"]],
    ["a trait of another type", customer({ email: STRING, name: { type: "boolean" }, role: { enum: ["admin", "guest"] } }), ["CustomerTraits.name", "CustomerTraitsInput.name", "CustomerTraitsPatchInput.name"]],
    ["a trait that becomes required", customer({ email: STRING, name: STRING, role: { enum: ["admin", "guest"] } }, { required: ["name"] }), ["CustomerTraitsInput.name"]],
    ["a removed value of an enum", customer({ email: STRING, name: STRING, role: { enum: ["admin"] } }), ["CustomerTraitsRole.guest"]],
  ])("finds %s", async (_, next, paths) => {
    const after = sdlOf(next);
    for (const form of ["sdl", "apiSdl"] as const) expect((await findBreakingChanges(released[form], after[form])).map(({ path }) => path)).toEqual(paths);
  });

  it("prints what breaks, and exits with 1, or with 0 if nothing does", async () => {
    const files = await writeFolder({ "traits.json": MAPPING, "customer.schema.json": customer({ email: STRING }), "released.graphql": released.sdl });
    const env = { TRAITS_SCHEMAS: files.path("traits.json") };
    const file = files.path("released.graphql");
    const { exit, stdout } = await schema(env, "--check", file);
    expect(stdout.split("\n")).toEqual(expect.arrayContaining(["CustomerTraits.name: Field 'name' was removed from object type 'CustomerTraits'", `7 changes break clients of ${file}.`]));
    expect(exit).toBe(1);
    files.write({ "customer.schema.json": RELEASED });
    expect(await schema(env, "--check", file)).toEqual({ exit: 0, stdout: `Nothing breaks clients of ${file}.\n`, stderr: "" });
  }, 30_000);

  it.each([
    ["a mapping that is wrong", { TRAITS_SCHEMAS: "nosuch.json" }, "schema.graphql", "nosuch.json: The file cannot be read (ENOENT)"],
    ["identity schemas in Kratos, but no Kratos", { TRAITS_SCHEMAS: "kratos" }, "schema.graphql", "TRAITS_SCHEMAS=kratos requires KRATOS_ADMIN_URL and KRATOS_PUBLIC_URL"],
    ["a misspelled variable", { TRAIT_SCHEMAS: "kratos" }, "schema.graphql", "did you mean TRAITS_SCHEMAS?"],
    ["TRAITS_REQUIRED alone", { TRAITS_REQUIRED: "trust" }, "schema.graphql", "TRAITS_REQUIRED requires TRAITS_SCHEMAS"],
    ["a file that does not exist", {}, "nosuch.graphql", '--check must be the path of a readable file with a schema; received "nosuch.graphql" (ENOENT)'],
    ["a file that is no schema", {}, "README.md", 'README.md must contain a schema, as printed by "kratos-graphql schema"'],
  ])("exits with 2 and a line if there is %s", async (_, env, file, message) => {
    const { exit, stdout, stderr } = await schema(env as Record<string, string>, "--check", file);
    expect([exit, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(`kratos-graphql: `);
    expect(stderr).toContain(message);
  }, 30_000);
});
