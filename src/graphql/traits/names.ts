import { find, isSubschema, type Pointer, type SchemaDocument } from "./document.js";

/**
 * Makes a GraphQL name of a key or a value in an identity schema: characters that are not allowed become `_`, and one `_` is before a
 * digit, before a name that every JavaScript object has, and instead of `__`. The same text always has the same name.
 * @returns undefined if it has no letter or digit, or some outside of ASCII: a name is forever, so it is not guessed
 */
export function toName(text: string): string | undefined {
  if (!/[0-9A-Za-z]/.test(text) || /\P{ASCII}/u.test(text)) return undefined;
  const name = text.replace(/[^0-9A-Za-z_]+/g, "_").replace(/^__+/, "_").replace(/^(?=\d)/, "_");
  // graphql-js takes the constructor of an input object for a value of its field "constructor".
  return name in {} ? `_${name}` : name;
}

/** Whether types can have this name of an identity schema. */
export function isSchemaName(name: string): boolean {
  return toName(name) === name && /^[A-Z]/.test(name);
}

/** What the name of an identity schema must be. */
export const SCHEMA_NAME = 'begin with a capital letter and consist of ASCII letters, digits and "_", e.g. "Customer"';

const NOT_ENUM_VALUES: ReadonlySet<string> = new Set(["true", "false", "null"]);

/** @returns undefined if not every value has a name of its own */
export function toEnumNames(values: readonly string[]): readonly string[] | undefined {
  const names = values.flatMap((value) => {
    const name = toName(value);
    return name === undefined || NOT_ENUM_VALUES.has(name) ? [] : [name];
  });
  return new Set(names).size === values.length ? names : undefined;
}

/** The name of a field, or a part of the name of a type. */
export function getName(document: SchemaDocument, schema: unknown, key: string, at: Pointer): string {
  const extension = isSubschema(schema) && typeof schema === "object" ? schema["x-graphql"] : undefined;
  const name = extension?.name === undefined ? toName(key) : extension.name;
  if (name === undefined) throw document.error(at, `No GraphQL name can be made of ${JSON.stringify(key)}. Add a name of ASCII letters, digits and "_" to this schema, e.g. "x-graphql": { "name": "nickname" }.`);
  if (typeof name === "string" && toName(name) === name) return name;
  throw document.error(at, `"name" in "x-graphql" must consist of ASCII letters, digits and "_", must not begin with a digit or with "__", and must not be the name of a property of every JavaScript object, e.g. "constructor"; received ${JSON.stringify(name)}.`);
}

/** Keywords with a schema for each key. */
const MAPS: ReadonlySet<string> = new Set(["properties", "definitions", "$defs"]);

/** Keywords that are no part of a name, and positions in lists. */
const STRUCTURE = /^(properties|definitions|\$defs|items|prefixItems|allOf|anyOf|oneOf|then|else|dependencies|\d+)$/;

/** The name of the object or enum that a schema describes. It depends on the path to the schema, and on nothing else. */
export function getTypeName(document: SchemaDocument, at: Pointer): string {
  const names: string[] = [];
  let isKey = false;
  for (const [index, key] of at.entries()) {
    const isRoot = index === 1 && at[0] === "properties" && key === "traits";
    const here = at.slice(0, index + 1);
    if (!isRoot && (isKey || !STRUCTURE.test(key))) names.push(getName(document, find(document.root, here), key, here));
    isKey = !isKey && MAPS.has(key);
  }
  return [document.name, "Traits", ...names.map((name) => name.charAt(0).toUpperCase() + name.slice(1))].join("");
}
