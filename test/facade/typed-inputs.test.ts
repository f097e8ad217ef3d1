import { USES_BEFORE_COMPILATION } from "../../src/server/apollo/jit.js";
import { startScriptedKratos } from "../support/scripted-kratos.js";
import { dataOf, useFacade } from "../support/use-facade.js";

/* Traits whose fields have other names than in JSON, which the sample schemas do not have. */

const STRING = { type: "string" };
const schema = {
  definitions: { node: { type: "object", properties: { label: STRING, next: { $ref: "#/definitions/node" } } } },
  properties: {
    traits: {
      type: "object",
      properties: {
        "given-name": { type: "string", minLength: 2 },
        "mother's-names": { type: "object", properties: { "2nd": { type: "string", pattern: "^\\p{Lu}" } }, required: ["1st"], additionalProperties: false },
        locale: { enum: ["en-US", "de"] },
        phones: { type: "array", items: { type: "object", properties: { "num/ber~": { type: "string", format: "tel" } }, required: ["num/ber~"] } },
        extra: { type: "object" },
        node: { $ref: "#/definitions/node" },
        settings: { type: ["string", "null"] },
      },
      required: ["given-name"],
    },
  },
};

const ID = "11111111-1111-4111-8111-111111111111";
let bodies: any[];
let current: object;
/** What Kratos says is wrong. */
let faults: string[];

const { facade } = useFacade(
  () =>
    startScriptedKratos("v26.2.0", (request, path) => {
      if (!path.includes("identities")) return undefined;
      if (request.method === "GET") return { json: { id: ID, schema_id: "customer", schema_url: "http://x/", traits: current } };
      request.on("data", (chunk: Buffer) => bodies.push(JSON.parse(chunk.toString())));
      if (faults.length === 0) return { json: { id: ID, schema_id: "customer", schema_url: "http://x/", traits: current } };
      return { status: 400, json: { error: { code: 400, reason: ["I[#/traits] S[#] validation failed", ...faults.map((fault) => `  ${fault}`)].join("\n") } } };
    }),
  { traits: { schemas: [{ name: "Customer", id: "customer", source: "person.json", schema }], trustsSchema: false } },
);

beforeEach(() => {
  bodies = [];
  faults = [];
  current = {};
});

const run = (mutation: string, input: object) => {
  const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`;
  return facade.send(`mutation ($input: ${type}!) { ${mutation}(input: $input) { identity { id } userErrors { code message path } } }`, { input });
};
const pathsOf = async (mutation: string, input: object) => dataOf(await run(mutation, input))[mutation].userErrors.map(({ path }: any) => path.join("/"));

const TYPED = { given_name: "Ann", mother_s_names: { _2nd: "Eva" }, locale: "en_US", phones: [{ num_ber_: "1" }], extra: { "a-b": [null] }, settings: null };
const JSON_TRAITS = { "given-name": "Ann", "mother's-names": { "2nd": "Eva" }, locale: "en-US", phones: [{ "num/ber~": "1" }], extra: { "a-b": [null] }, settings: null };

it("sends Kratos the keys and values of the identity schema, whether the operation is compiled or not", async () => {
  const { "mother's-names": _, ...traits } = JSON_TRAITS;
  const { mother_s_names: __, ...customerTraits } = TYPED;
  for (let time = 0; time < USES_BEFORE_COMPILATION + 2; time++) {
    expect(dataOf(await run("createIdentity", { typedTraits: { customerTraits } }))["createIdentity"]).toEqual({ identity: { id: ID }, userErrors: [] });
  }
  for (const body of bodies) expect(body).toEqual({ schema_id: "customer", traits });
});

it("merges with the keys and values of the identity schema", async () => {
  current = { ...JSON_TRAITS, "mother's-names": { "1st": "Ida", "2nd": "Eva" }, other: 1 };
  const customerTraits = { mother_s_names: { _2nd: null }, locale: "de", phones: [], settings: null };
  expect(await pathsOf("patchIdentity", { id: ID, typedTraits: { customerTraits } })).toEqual([]);
  const { settings: _, ...kept } = JSON_TRAITS;
  expect(bodies).toEqual([[{ op: "replace", path: "/traits", value: { ...kept, "mother's-names": { "1st": "Ida" }, locale: "de", phones: [], other: 1 } }]]);
});

it("finds faults before Kratos is asked, with paths of fields. What no field has is at its object", async () => {
  const customerTraits = { ...TYPED, given_name: "A", phones: [{ num_ber_: "1" }] };
  expect((await pathsOf("createIdentity", { typedTraits: { customerTraits } })).sort()).toEqual(["input/typedTraits/customerTraits/given_name", "input/typedTraits/customerTraits/mother_s_names"]);
  expect(bodies).toEqual([]);
});

it("converts the paths of what Kratos reports, also of what is missing or not allowed", async () => {
  faults = [
    "I[#/traits/mother%27s-names] S[#/x/additionalProperties] additionalProperties \"3rd\", \"4th\" not allowed",
    "I[#/traits/mother%27s-names/2nd] S[#/x/pattern] does not match pattern \"^\\\\p{Lu}\"",
    "I[#/traits/phones/1/num~1ber~0] S[#/x/format] \"x\" is not valid \"tel\"",
    "I[#/traits/phones/2] S[#/x/required] missing properties: \"num/ber~\"",
    "I[#/traits] S[#/x/required] missing properties: \"given-name\"",
    "I[#/traits/extra/a-b] S[#/x/type] expected string, but got array",
  ];
  const at = (path: string) => `input/typedTraits/customerTraits/${path}`;
  const { mother_s_names: _, ...customerTraits } = TYPED;
  const all = [at("extra/a-b"), at("given_name"), at("mother_s_names"), at("mother_s_names"), at("mother_s_names/_2nd"), at("phones/1/num_ber_"), at("phones/2/num_ber_")];
  for (const mutation of ["createIdentity", "updateIdentity"]) {
    expect((await pathsOf(mutation, { ...(mutation === "updateIdentity" && { id: ID }), typedTraits: { customerTraits } })).sort()).toEqual(all);
  }
  current = JSON_TRAITS;
  expect(await pathsOf("patchIdentity", { id: ID, typedTraits: { customerTraits: { locale: "de" } } })).toEqual([at("mother_s_names")]);
  current = { "given-name": "Ann" };
  expect((await pathsOf("patchIdentity", { id: ID, typedTraits: { customerTraits: { locale: "de" } } })).sort()).toEqual(all);
});

it("distinguishes what is wrong with the traits that stay", async () => {
  current = { "given-name": "A", locale: "fr" };
  const patch = async (customerTraits: object) => dataOf(await run("patchIdentity", { id: ID, typedTraits: { customerTraits } }))["patchIdentity"].userErrors;
  const stays = { code: "INVALID", path: ["input", "typedTraits", "customerTraits", "given_name"], message: expect.stringContaining("In the identity as it is now") };
  expect(await patch({ locale: "de" })).toEqual([stays]);
  expect(await patch({ given_name: "B", locale: "de" })).toEqual([{ ...stays, message: "The value must NOT have fewer than 2 characters." }]);
  expect(await patch({ given_name: "Bo", locale: "de" })).toEqual([]);
});

it("takes null for the traits that are not given, as generated clients send it", async () => {
  current = { "given-name": "Ann", locale: "fr" };
  const input = { id: ID, traits: null, typedTraits: { customerTraits: { given_name: "Bo", locale: "de" } } };
  expect(dataOf(await run("patchIdentity", input))["patchIdentity"].userErrors).toEqual([]);
});

it("takes objects that contain themselves, whether the operation is compiled or not", async () => {
  const node = JSON.parse(`${'{"next":'.repeat(60)}{}${"}".repeat(60)}`) as object;
  for (let time = 0; time < USES_BEFORE_COMPILATION + 2; time++) {
    expect(await pathsOf("createIdentity", { typedTraits: { customerTraits: { given_name: "Ann", node } } })).toEqual([]);
  }
  for (const body of bodies) expect(body.traits).toEqual({ "given-name": "Ann", node });
});
