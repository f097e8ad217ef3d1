import { typeTraits, withTraits } from "./typed-traits.js";

const STRING = { type: "string" };

const { read, readWithGraphqlJs, write, merge, traits, print } = typeTraits(
  withTraits(
    {
      "given-name": STRING,
      email: { type: "string", format: "email" },
      locale: { enum: ["en-US", "de"] },
      age: { type: "integer", maximum: 150, minimum: 0 },
      serial: { type: "integer" },
      score: { type: "number" },
      admin: { type: "boolean" },
      nick: { type: ["string", "null"] },
      constructor: STRING,
      extra: {},
      home: { type: "object", properties: { "zip/code~": STRING, floor: { type: "integer" } }, required: ["zip/code~"] },
      phones: { type: "array", items: { type: "object", properties: { "2nd": STRING, kind: { enum: ["at-home"] } } } },
    },
    { required: ["email"] },
  ),
);

const ANN = {
  "given-name": "Ann",
  email: '"a b"@example.org',
  locale: "en-US",
  age: 2 ** 31 - 1,
  serial: 2 ** 53 - 1,
  score: 1.5,
  admin: false,
  nick: null,
  constructor: "c",
  extra: { "any-thing": [1, null] },
  home: { "zip/code~": "1", floor: 2 },
  phones: [{ "2nd": "x", kind: "at-home" }],
};

const TYPED = {
  given_name: "Ann",
  email: '"a b"@example.org',
  locale: "en_US",
  age: 2 ** 31 - 1,
  serial: 2 ** 53 - 1,
  score: 1.5,
  admin: false,
  nick: null,
  _constructor: "c",
  extra: { "any-thing": [1, null] },
  home: { zip_code_: "1", floor: 2 },
  phones: [{ _2nd: "x", kind: "at_home" }],
};

it("reads traits by the names of fields and enum values, and refuses no text", () => {
  expect(read(ANN)).toEqual({ value: TYPED, errors: [] });
});

it("writes a typed input back to the same traits", () => {
  expect(write(TYPED)).toEqual(ANN);
});

it.each([["no traits", {}], ["traits of another schema", { other: 1 }]])("reads an identity with %s as one without values", (_, value) => {
  expect(read(value)).toEqual({ value: Object.fromEntries(Object.keys(TYPED).map((name) => [name, null])), errors: [] });
});

const mismatch = (path: string, expected: string, found: string) =>
  `TRAIT_MISMATCH ${path}: The trait does not match the identity schema: expected ${expected}, found ${found}. To read it as JSON, select \`traits\`.`;

it.each([
  ["a number as a string", { email: 5 }, mismatch("email", "a string", "a value of the type number")],
  ["an object as a string", { email: {} }, mismatch("email", "a string", "a value of the type object")],
  ["another value than those of the enum", { locale: "fr" }, mismatch("locale", "one of the values of the enum", "a value of the type string")],
  ["the name of an enum value instead of the value", { locale: "en_US" }, mismatch("locale", "one of the values of the enum", "a value of the type string")],
  ["an integer beyond 32 bits", { age: 2 ** 31 }, mismatch("age", "an integer of 32 bits", "a value of the type number")],
  ["an integer that JavaScript would round", { serial: JSON.parse("12345678901234567890") as number }, mismatch("serial", "an integer from -(2^53 - 1) to 2^53 - 1", "a value of the type number")],
  ["a number with decimals as an integer", { serial: 1.5 }, mismatch("serial", "an integer from -(2^53 - 1) to 2^53 - 1", "a value of the type number")],
  ["text as a number", { score: "1" }, mismatch("score", "a number", "a value of the type string")],
  ["a number as a boolean", { admin: 1 }, mismatch("admin", "a boolean", "a value of the type number")],
  ["text as an object", { home: "x" }, mismatch("home", "an object", "a value of the type string")],
  ["a list as an object", { home: [] }, mismatch("home", "an object", "a list")],
  ["an object as a list", { phones: { 0: {} } }, mismatch("phones", "a list", "a value of the type object")],
  ["text in an object in a list", { phones: [{}, { "2nd": true }] }, mismatch("phones.1._2nd", "a string", "a value of the type boolean")],
  ["an item of a list", { phones: [{ "2nd": "x" }, "x"] }, mismatch("phones.1", "an object", "a value of the type string")],
])("reads %s as null, with an error at its path, and all other values", (_, wrong, error) => {
  for (const result of [read({ ...ANN, ...wrong }), readWithGraphqlJs({ ...ANN, ...wrong })]) {
    expect(result.errors).toEqual([error]);
    const [key] = error.split(" ")[1]!.split(/[.:]/);
    expect({ ...result.value, [key!]: null }).toEqual({ ...TYPED, [key!]: null });
  }
});

it("reads traits that are no object as null, with an error", () => {
  expect(read([1])).toEqual({ value: null, errors: [mismatch("", "an object", "a list")] });
});

it("leaves out what is null in an input, unless the identity schema allows null", () => {
  expect(write({ email: "a@example.org", given_name: null, nick: null, home: { zip_code_: "1", floor: null } })).toEqual({ email: "a@example.org", nick: null, home: { "zip/code~": "1" } });
});

it("merges what is given: null removes a trait, also a required one, and lists are whole", () => {
  expect(merge({ email: null, given_name: null, nick: null, locale: "en_US", home: { floor: null }, phones: [{ _2nd: null, kind: "at_home" }] })).toEqual({
    ...{ email: null, "given-name": null, nick: null, locale: "en-US" },
    ...{ home: { floor: null }, phones: [{ kind: "at-home" }] },
  });
  expect([merge({}), merge({ home: null, extra: { a: null } })]).toEqual([{}, { home: null, extra: { a: null } }]);
  expect(print("CustomerTraitsPatchInput")).toContain("email: TraitEmail locale:");
  expect(print("CustomerTraitsPatchInput")).toContain("home: CustomerTraitsHomePatchInput phones: [CustomerTraitsPhonesInput!]");
  expect(print("CustomerTraitsHomePatchInput")).toContain("zip_code_: String floor:");
  expect(print("CustomerTraitsHomeInput")).toContain("zip_code_: String! floor:");
});

it.each([
  ["an integer that JavaScript would round", { serial: 2 ** 53 }, "SafeInt cannot represent unsafe integer value: 9007199254740992"],
  ["an email address that is no string", { email: 5 }, "TraitEmail must be a string; received 5."],
  ["an unknown value of an enum", { locale: "en-US" }, 'Value "en-US" does not exist in "CustomerTraitsLocale" enum. Did you mean the enum value "en_US"?'],
  ["an unknown field", { "given-name": "Ann" }, 'Field "given-name" is not defined by type "CustomerTraitsInput".'],
])("does not take %s", (_, input, message) => {
  expect(() => write({ email: "a@example.org", ...input })).toThrow(message);
});

it.each([
  [["given-name"], ["given_name"]],
  [["home", "zip/code~"], ["home", "zip_code_"]],
  [["phones", "3", "2nd"], ["phones", "3", "_2nd"]],
  [["phones", "3"], ["phones", "3"]],
  [["extra", "any-thing", "0"], ["extra", "any-thing", "0"]],
  [["home", "unknown"], ["home"]],
  [["unknown", "deeper"], []],
  [["email", "deeper"], ["email"]],
  [[], []],
])("finds the path %j of a validation error in the input: %j", (path, expected) => {
  expect(traits.toInputPath(path)).toEqual(expected);
});
