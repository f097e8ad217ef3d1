import { readFileSync } from "node:fs";
import { getNamedType, type GraphQLObjectType, isEnumType, isObjectType } from "graphql";
import { typeTraits, withoutNulls, withTraits } from "./typed-traits.js";

/*
 * The cases of the JSON Schema test suite (draft 7) on objects, arrays, enums, formats and references, and on what joins schemas.
 * The file is a copy of them from https://github.com/json-schema-org/JSON-Schema-Test-Suite at 44401e0.
 */
const SUITE = JSON.parse(readFileSync("test/schema/traits/json-schema-test-suite.json", "utf8")) as Readonly<Record<string, readonly Group[]>>;

interface Group {
  readonly description: string;
  readonly schema: object | boolean;
  readonly tests: readonly { readonly description: string; readonly data: unknown; readonly valid: boolean }[];
}

const GROUPS = Object.entries(SUITE).flatMap(([file, groups]) => groups.map((group) => ({ ...group, title: `${file}: ${group.description}` })));

/** The case whose properties would be fields of the same name. */
const REFUSED = "properties: properties with escaped characters";

/** Types a schema of the suite as the schema of a trait. */
function typeGroup({ schema }: Group) {
  const place = "#/properties/traits/properties/value";
  const moved: unknown = JSON.parse(JSON.stringify(schema), (key, value: unknown) => (key === "$ref" && typeof value === "string" && /^#($|\/)/.test(value) ? place + value.slice(1) : value));
  return typeTraits(withTraits({ value: moved }));
}

/** Describes the type of the trait, with its fields or values. */
function describeType({ schema }: ReturnType<typeof typeTraits>): string {
  const { type } = (schema.getType("CustomerTraits") as GraphQLObjectType).getFields()["value"]!;
  const named = getNamedType(type);
  const name = String(type).replaceAll("CustomerTraits", "");
  if (isObjectType(named)) return `${name} { ${Object.values(named.getFields()).map((field) => `${field.name}: ${String(field.type).replaceAll("CustomerTraits", "")}`).join(", ")} }`;
  return isEnumType(named) ? `enum { ${named.getValues().map((value) => value.name).join(", ")} }` : name;
}

function describeGroup(group: (typeof GROUPS)[number]): string {
  if (group.title === REFUSED) return `| ${group.title} | Refused: two properties would be the field \`foo_bar\` | |`;
  const typed = typeGroup(group);
  const notes = typed.notes.map((note) => note.replace(/^value\/?/, "").replace(/^(\S+) (?=stays|is a)/, "`$1` ").trim().replaceAll("|", "\\|"));
  return `| ${group.title} | \`${describeType(typed)}\` | ${notes.join("; ")} |`;
}

it("docs/typed-traits.md has a table of the types of all cases", () => {
  const [, table] = readFileSync("docs/typed-traits.md", "utf8").split("| Case | Type of `value` | Note |\n|---|---|---|\n");
  expect(table?.trimEnd().split("\n")).toEqual(GROUPS.map(describeGroup));
});

it("refuses the case whose properties have the same name", () => {
  expect(() => typeGroup(GROUPS.find(({ title }) => title === REFUSED)!)).toThrow('would both be the field "foo_bar"');
});

/** What of the valid values does not come back as it went in, and why. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  "properties: object properties validation: doesn't invalidate other properties": "has a key that is not in `properties`",
  "additionalProperties: additionalProperties are allowed by default: additional properties are allowed": "has a key that is not in `properties`",
  "properties: object properties validation: ignores arrays": "expected an object",
  "properties: object properties validation: ignores other non-objects": "expected an object",
  "properties: properties whose names are Javascript object property names: ignores arrays": "expected an object",
  "properties: properties whose names are Javascript object property names: ignores other non-objects": "expected an object",
  "required: required validation: ignores arrays": "expected an object",
  "required: required validation: ignores strings": "expected an object",
  "required: required validation: ignores other non-objects": "expected an object",
  "required: required validation: ignores boolean": "expected an object",
  "items: a schema given for items: ignores non-arrays": "expected a list",
  "items: a schema given for items: JavaScript pseudo-array is valid": "expected a list",
  "const: float and integers are equal up to 64-bit representation limits: integer is valid": "expected an integer from",
  "const: float and integers are equal up to 64-bit representation limits: float is valid": "expected an integer from",
  "ref: root pointer ref: match": "expected an object",
  "ref: root pointer ref: recursive match": "expected an object",
  ...Object.fromEntries(
    SUITE["format"]!.flatMap(({ description, tests }) =>
      tests.filter(({ data }) => typeof data !== "string" && data !== null).map((test) => [`format: ${description}: ${test.description}`, "expected a string"]),
    ),
  ),
};

it.each(GROUPS.filter(({ title }) => title !== REFUSED).map((group) => [group.title, group] as const))("valid values come back as they went in: %s", (title, group) => {
  const { read, write, problems } = typeGroup(group);
  expect(problems()).toEqual([]);
  const sorted = (value: unknown): unknown => JSON.parse(JSON.stringify(withoutNulls(value), (_, part: unknown) => (typeof part === "object" && part !== null && !Array.isArray(part) ? Object.fromEntries(Object.entries(part).sort()) : part)));
  for (const { description, data, valid } of group.tests) {
    const { value, errors } = read({ value: data });
    // An invalid value can be anything, except a reason for the whole to fail.
    expect(value).not.toBeNull();
    if (!valid) continue;
    const exception = EXCEPTIONS[`${title}: ${description}`];
    if (exception?.startsWith("expected")) {
      expect(errors).toEqual([expect.stringMatching(`^TRAIT_MISMATCH value.*: ${exception}`)]);
      continue;
    }
    expect(errors).toEqual([]);
    const written = write(value);
    if (exception) expect({ value: data }).toMatchObject(written as object);
    else expect(sorted(written)).toEqual(sorted({ value: data }));
  }
});

/** The case whose value looks like a reference, which is moved. */
const MOVED = "ref: naive replacement of $ref with its destination is not correct";

it.each(GROUPS.filter(({ title }) => title !== REFUSED && title !== MOVED).map((group) => [group.title, group] as const))("the check before Kratos refuses no valid value: %s", async (_, group) => {
  const { traits } = typeGroup(group);
  for (const { data, valid } of group.tests) if (valid) expect(await traits.check({ value: data })).toEqual([]);
});
