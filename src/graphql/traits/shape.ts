import { find, isSubschema, join, type Place, type Pointer, printPointer, type Rules, type SchemaDocument } from "./document.js";
import { describe, getEnumValues, getProperties, getTypes, isInt } from "./keywords.js";
import { getName, getTypeName, toEnumNames } from "./names.js";
import { FORMATS, type ScalarName } from "./scalars.js";

/** What a value of the traits is, in JSON and in GraphQL. `nullable` says whether the identity schema allows null. */
export type Shape = { readonly nullable: boolean } & (
  | { readonly kind: "json" }
  | { readonly kind: "scalar"; readonly name: ScalarName }
  | { readonly kind: "list"; readonly item: Shape }
  | { readonly kind: "enum"; readonly type: EnumShape }
  | { readonly kind: "object"; readonly type: ObjectShape }
);

interface NamedShape {
  readonly name: string;
  readonly description: string;
  readonly at: Pointer;
}

export interface EnumShape extends NamedShape {
  readonly values: readonly EnumValue[];
}

export interface EnumValue {
  readonly name: string;
  /** The value in JSON. */
  readonly value: string;
  readonly description: string;
}

export interface ObjectShape extends NamedShape {
  readonly fields: readonly FieldShape[];
}

export interface FieldShape {
  readonly name: string;
  /** The key in JSON. */
  readonly key: string;
  readonly shape: Shape;
  readonly description: string;
  readonly required: boolean;
  readonly deprecated: boolean;
}

/** A place in an identity schema whose values have a less precise type than the schema describes. */
export interface TraitsNote {
  readonly source: string;
  readonly at: Pointer;
  readonly message: string;
}

/** The fields and enum values of one identity schema, at most. */
const MAX_ELEMENTS = 1000;

/** Derives the shape of the traits from an identity schema. */
export class ShapeBuilder {
  readonly types = new Map<string, EnumShape | ObjectShape>();
  readonly notes: TraitsNote[] = [];
  #elements = 0;

  constructor(private readonly document: SchemaDocument) {}

  /** The shape of the traits. */
  build(): Shape {
    const at = ["properties", "traits"];
    if (!isSubschema(find(this.document.root, at))) throw this.document.error(at, "The identity schema must describe the traits here, e.g. as { \"type\": \"object\", \"properties\": { … } }.");
    const shape = this.#getShape(this.document.rulesAt(at));
    const finite = new Set<NamedShape>();
    for (const type of this.types.values()) this.#refuseEndless(type, [], finite);
    return shape;
  }

  /**
   * An input object that requires itself could never be given.
   * @param outer the objects that require this one
   * @param finite the types that do not require themselves
   */
  #refuseEndless(type: EnumShape | ObjectShape, outer: readonly NamedShape[], finite: Set<NamedShape>): void {
    if (outer.includes(type)) throw this.document.error(type.at, "The object requires itself, so it would have no end. Remove one of the properties in the cycle from `required`.");
    if (finite.has(type) || !("fields" in type)) return;
    for (const { shape, required } of type.fields) {
      if (required && !shape.nullable && shape.kind === "object") this.#refuseEndless(shape.type, [...outer, type], finite);
    }
    finite.add(type);
  }

  /** @param lists the lists that the value is an item of */
  #getShape(rules: Rules, lists: readonly string[] = []): Shape {
    this.#count(rules.at);
    if (rules.obstacle !== undefined) return this.#json(rules, rules.obstacle);
    const types = getTypes(rules);
    const nullable = types.has("null");
    const [type, ...others] = [...types].filter((each) => each !== "null" && !(each === "integer" && types.has("number")));
    if (type === undefined) return this.#json(rules, nullable ? "its only value is null" : "no value is allowed", nullable);
    if (others.length > 0) return this.#json(rules, types.size === 7 ? "it has no `type`" : `its values have several types: ${[type, ...others].join(", ")}`, nullable);
    switch (type) {
      case "object":
        return this.#getObject(rules, nullable);
      case "array":
        return this.#getList(rules, nullable, lists);
      case "string":
        return this.#getString(rules, nullable);
      case "integer":
        return { kind: "scalar", name: isInt(rules) ? "Int" : "SafeInt", nullable };
      case "number":
        return { kind: "scalar", name: "Float", nullable };
      default:
        return { kind: "scalar", name: "Boolean", nullable };
    }
  }

  #getObject(rules: Rules, nullable: boolean): Shape {
    const properties = getProperties(rules);
    if (rules.parts.some(({ schema }) => Object.keys(schema.patternProperties ?? {}).length > 0)) return this.#json(rules, "`patternProperties` allows keys that no field can have", nullable);
    if (rules.parts.some(({ schema: { additionalProperties: others = true } }) => typeof others === "object" && Object.keys(others).length > 0)) {
      return this.#json(rules, "`additionalProperties` describes keys that no field can have", nullable);
    }
    if (properties.size === 0) return this.#json(rules, "the object has no `properties`", nullable);
    const more = [...rules.alternatives.flat(), ...rules.conditional].flatMap((branch) => [...getProperties(branch).keys()]);
    const unknown = more.find((key) => !properties.has(key));
    if (unknown !== undefined) return this.#json(rules, `only some of the values have ${JSON.stringify(unknown)}. Add it to \`properties\`, outside of \`oneOf\`, \`anyOf\`, \`then\`, \`else\` and \`dependencies\``, nullable);
    if (!rules.origin) return this.#json(rules, "several schemas in `allOf` describe the object", nullable);

    const named = this.#getNamed(rules.origin);
    const known = this.types.get(named.name);
    if (known && "fields" in known) return { kind: "object", type: known, nullable };
    const fields: FieldShape[] = [];
    const type: ObjectShape = { ...named, fields };
    this.types.set(type.name, type);
    // Of the origin, which may be used in several places.
    fields.push(...this.#getFields(this.document.rulesAt(rules.origin)));
    return { kind: "object", type, nullable };
  }

  #getFields(rules: Rules): FieldShape[] {
    const required = new Set(rules.parts.flatMap(({ schema }) => schema.required ?? []));
    const names = new Map<string, string>();
    return [...getProperties(rules)].map(([key, schemas]) => {
      const { schema: named, at } = schemas.find(({ schema }) => typeof schema === "object" && schema["x-graphql"]) ?? schemas[0]!;
      const name = getName(this.document, named, key, at);
      const other = names.get(name);
      if (other !== undefined) throw this.document.error(at, `${JSON.stringify(other)} and ${JSON.stringify(key)} would both be the field "${name}". Add another name to one of them, e.g. "x-graphql": { "name": "${name}2" }.`);
      names.set(name, key);
      const all = this.#join(at, schemas);
      const deprecated = all.parts.some(({ schema }) => schema.deprecated === true);
      return { name, key, shape: this.#getShape(all), description: describe(all, `The trait \`${key}\`.`), required: required.has(key), deprecated };
    });
  }

  #getList(rules: Rules, nullable: boolean, lists: readonly string[]): Shape {
    const list = rules.origin && printPointer(rules.origin);
    if (list !== undefined && lists.includes(list)) return this.#json(rules, "the list contains itself", nullable);
    const items = rules.parts.flatMap(({ schema: { items }, at }) => (isSubschema(items) ? [{ schema: items, at: [...at, "items"] }] : []));
    if (rules.parts.some(({ schema: { items, prefixItems } }) => Array.isArray(items) || prefixItems)) return this.#json(rules, "each item of the list has a schema of its own", nullable);
    const item = this.#getShape(this.#join(items[0]?.at ?? rules.at, items), [...lists, ...(list === undefined ? [] : [list])]);
    return { kind: "list", item, nullable };
  }

  #getString(rules: Rules, nullable: boolean): Shape {
    const values = getEnumValues(rules);
    if (!values) {
      const format = rules.parts.map(({ schema }) => FORMATS.get(schema.format ?? "")).find((name) => name !== undefined);
      return { kind: "scalar", name: format ?? "String", nullable };
    }
    const texts = [...values.keys()];
    if (texts.length === 0) return this.#json(rules, "no value is allowed", nullable);
    const names = toEnumNames(texts);
    if (!names || !rules.origin) {
      const reason = names ? "several schemas in `allOf` describe it" : "not every value can be the name of an enum value";
      this.#note(rules, `is a String, because ${reason}`);
      return { kind: "scalar", name: "String", nullable };
    }
    const named = this.#getNamed(rules.origin);
    const known = this.types.get(named.name);
    if (known && "values" in known) return { kind: "enum", type: known, nullable };
    names.forEach(() => this.#count(rules.at));
    const type: EnumShape = {
      ...named,
      values: texts.map((value, index) => ({ name: names[index]!, value, description: values.get(value)! })),
    };
    this.types.set(type.name, type);
    return { kind: "enum", type, nullable };
  }

  #getNamed(at: Pointer): NamedShape {
    const name = getTypeName(this.document, at);
    const known = this.types.get(name);
    if (known && printPointer(known.at) !== printPointer(at)) {
      throw this.document.error(at, `The type "${name}" is already that of ${printPointer(known.at)}. Add another name to one of them, e.g. "x-graphql": { "name": "address2" }.`);
    }
    return { name, at, description: describe(this.document.rulesAt(at), `Traits of an identity: \`${printPointer(at)}\` of the identity schema.`) };
  }

  #join(at: Pointer, schemas: readonly Place[]): Rules {
    const rules = schemas.map((each) => this.document.getRules(each.schema, each.at));
    return rules.length === 1 ? rules[0]! : join(at, undefined, rules);
  }

  #json(rules: Rules, reason: string, nullable = true): Shape {
    this.#note(rules, `stays JSON, because ${reason}`);
    return { kind: "json", nullable };
  }

  #note({ at }: Rules, message: string): void {
    this.notes.push({ source: this.document.source, at, message });
  }

  #count(at: Pointer): void {
    this.#elements++;
    if (this.#elements > MAX_ELEMENTS) throw this.document.error(at, `The traits have more than ${MAX_ELEMENTS} fields and enum values. Describe some of them less precisely, e.g. as { "type": "object" }, which stays JSON.`);
  }
}
