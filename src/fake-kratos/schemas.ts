import { Ajv, type ErrorObject } from "ajv";
import { badRequest } from "./errors.js";
import type { Profile } from "./profile.js";
import device from "./schemas/device.schema.json" with { type: "json" };
import person from "./schemas/person.schema.json" with { type: "json" };
import type { Routes } from "./server.js";

/** The parts of an identity schema that the fake Kratos reads. */
export interface IdentitySchema {
  readonly properties: { readonly traits: { readonly properties: Readonly<Record<string, object>> } };
}

/** The identity schemas, with the IDs that they are configured with, and the names of the types of their traits. */
export const SAMPLE_SCHEMAS = [
  { name: "Person", id: "default", source: "the sample identity schema \"default\"", schema: person },
  { name: "Device", id: "device", source: "the sample identity schema \"device\"", schema: device },
] as const;

const SCHEMAS = new Map<string, IdentitySchema>(SAMPLE_SCHEMAS.map(({ id, schema }) => [id, schema]));

/** @throws {KratosError} if there is no schema with this ID */
export function getSchema(id: string): IdentitySchema {
  const schema = SCHEMAS.get(id);
  if (!schema) throw badRequest(`Unable to find JSON Schema ID: ${id}`);
  return schema;
}

/** The values of the traits that the schema marks for Kratos: the emails to sign in, to verify and to recover with. */
export function getEmails(schema: IdentitySchema, traits: Readonly<Record<string, unknown>>): string[] {
  const marked = Object.entries(schema.properties.traits.properties).filter(([, property]) => "ory.sh/kratos" in property);
  return marked.map(([name]) => traits[name]).filter((value) => typeof value === "string");
}

/** An address of RFC 5322, without a display name, at a host name. Kratos accepts leading spaces. */
const LOCAL_PART = /^ *[^\s\p{Cc}()<>[\]:;@\\,."]+(\.[^\s\p{Cc}()<>[\]:;@\\,."]+)*$/u;
const HOST_NAME = /^(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*$/i;

function isEmail(text: string): boolean {
  const at = text.lastIndexOf("@");
  return LOCAL_PART.test(text.slice(0, Math.max(at, 0))) && HOST_NAME.test(text.slice(at + 1));
}

const ajv = new Ajv({ allErrors: true, strict: false, verbose: true, formats: { email: isEmail } });
const validators = new Map([...SCHEMAS.values()].map((schema) => [schema, ajv.compile(schema)]));

/** Validates traits. Returns undefined if they are valid, or else what is wrong in the words of Kratos' validator. */
export function validateTraits(schema: IdentitySchema, traits: unknown): string | undefined {
  const errors = getErrors(schema, traits);
  return errors.length > 0 ? report(errors).join("\n") : undefined;
}

function getErrors(schema: IdentitySchema, traits: unknown): ErrorObject[] {
  const validate = validators.get(schema);
  if (!validate || validate({ traits })) return [];
  const errors = validate.errors ?? [];
  const mistyped = new Set(errors.filter(({ keyword }) => keyword === "type").map(({ instancePath }) => instancePath));
  // If a value has the wrong type, Kratos reports nothing else about it.
  return errors.filter(({ keyword, instancePath }) => keyword === "type" || !mistyped.has(instancePath));
}

/** What is wrong with a trait, for the form that it was sent with. */
export interface Fault {
  /** The name of the input, e.g. `traits.name.first`. */
  readonly name: string;
  /** The keyword of JSON Schema, e.g. `minLength`. */
  readonly keyword: string;
  /** The value of the keyword in the schema. */
  readonly expected: unknown;
  readonly value: unknown;
  /** What Kratos' validator says. */
  readonly text: string;
}

/** Validates traits that a user has sent. A property that is missing is a fault at its own input, one that is not allowed at its parent. */
export function findFaults(schema: IdentitySchema, traits: unknown): Fault[] {
  // Kratos reports first that something is not an email.
  const errors = getErrors(schema, traits).sort((a, b) => Number(b.keyword === "format") - Number(a.keyword === "format"));
  const faults = errors.map((error): Fault => {
    const { keyword, instancePath, data: value, schema: expected } = error;
    const name = instancePath.slice(1).replaceAll("/", ".");
    if (keyword !== "required") return { name, keyword, expected, value, text: describe(error, errors.filter((other) => other.instancePath === instancePath)) };
    const property = String(error.params["missingProperty"]);
    return { name: `${name}.${property}`, keyword, expected: property, value, text: `Property ${property} is missing.` };
  });
  return faults.filter(({ name, text }, at) => faults.findIndex((other) => other.name === name && other.text === text) === at);
}

/** Adds the objects that are missing in traits, as newer versions of Kratos do with what a form has sent. */
export function addObjects(schema: IdentitySchema, traits: object): object {
  const objects = Object.entries(schema.properties.traits.properties).filter(([, property]) => "type" in property && property.type === "object");
  return { ...traits, ...Object.fromEntries(objects.flatMap(([name]) => (name in traits ? [] : [[name, {}]]))) };
}

/** A line for each error below a path, with its places in the instance (`I`) and the schema (`S`). More than one get a heading. */
function report(errors: readonly ErrorObject[], path = ""): string[] {
  const own = errors.filter(({ instancePath }) => instancePath === path);
  const lines = [...new Set(own.map((error) => `I[#${path}] S[${error.schemaPath}] ${describe(error, own)}`))];
  // Kratos checks an email once more on its own, and reports the same error again.
  const repeated = lines.filter((line) => line.includes("/format]"));
  const below = errors.filter(({ instancePath }) => instancePath.startsWith(`${path}/`));
  const children = new Set(below.map(({ instancePath }) => `${path}/${instancePath.slice(path.length + 1).split("/")[0]}`));
  const parts = [...lines, ...repeated].map((line) => [line]).concat([...children].map((child) => report(below, child)));
  const [only = []] = parts;
  return parts.length === 1 ? only : [`I[#${path}] S[#] validation failed`, ...parts.flat().map((line) => `  ${line}`)];
}

/** @param own all errors of the same value: what is missing or not allowed in an object is one sentence */
function describe({ keyword, schema, data, message = keyword }: ErrorObject, own: readonly ErrorObject[]): string {
  const namesIn = (param: string) =>
    own.flatMap((error) => (error.keyword === keyword ? [JSON.stringify(error.params[param])] : [])).join(", ");
  switch (keyword) {
    case "type":
      return `expected ${schema}, but got ${data === null ? "null" : Array.isArray(data) ? "array" : typeof data}`;
    case "format":
      return `${JSON.stringify(data)} is not valid ${JSON.stringify(schema)}`;
    case "required":
      return `missing properties: ${namesIn("missingProperty")}`;
    case "additionalProperties":
      return `additionalProperties ${namesIn("additionalProperty")} not allowed`;
    case "minLength":
      return `length must be >= ${schema}, but got ${[...String(data)].length}`;
    case "maxLength":
      return `length must be <= ${schema}, but got ${[...String(data)].length}`;
    case "pattern":
      return `does not match pattern ${JSON.stringify(schema)}`;
    case "minimum":
      return `must be >= ${schema} but found ${data}`;
    default:
      return message;
  }
}

/** The list of schemas, since v0.8. Its pages count from 0, unlike others. */
export const schemaListRoutes: Routes = {
  "GET /schemas": ({ query }) => {
    const size = Number(query.get("per_page"));
    const start = Number(query.get("page")) * size;
    return { json: [...SCHEMAS].slice(start, start + size).map(([id, schema]) => ({ id, schema })) };
  },
};

/** Every version finds a schema by its plain ID, and by the segment in a `schema_url`. */
export function schemaRoutes({ schemaSegment, schemaNotFound }: Profile): Routes {
  return {
    "GET /schemas/:id": ({ id }) => {
      const found = [...SCHEMAS].find(([known]) => id === known || id === schemaSegment(known));
      if (!found) throw schemaNotFound(id);
      return { json: found[1] };
    },
  };
}
