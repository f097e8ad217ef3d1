import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { jsonType } from "../go/go-struct.js";
import { isEmail } from "./email-format.js";
import { identitySchemas, type IdentitySchema, type JsonSchema } from "./identity-schemas.js";

const ajv = new Ajv({ allErrors: true, strict: false, verbose: true, formats: { email: isEmail } });
const validators = new Map<string, ValidateFunction>(identitySchemas.map(({ id, schema }) => [id, ajv.compile(schema)]));

/** What one schema object found wrong with one value. */
interface Level {
  /** JSON pointers after the `#`. */
  instance: string;
  schema: string;
  own: { rank: number; line: string; keyword: string }[];
  below: { rank: number; level: Level }[];
}

// The order in which Kratos' validator comes to the keywords of one schema object.
const keywordOrder = [
  "type",
  "const",
  "enum",
  "format",
  "required",
  "properties",
  "additionalProperties",
  "minItems",
  "maxItems",
  "uniqueItems",
  "items",
  "minLength",
  "maxLength",
  "pattern",
  "minimum",
  "maximum",
  "ory.sh/kratos",
];

/** One thing wrong with the traits, for the forms that show it next to a field. */
export interface TraitFault {
  /** As in `traits.name.first`; the object's own path when a property is missing from it or too many. */
  path: string;
  keyword: string;
  /** The limit, the format or whatever else the schema sets. */
  expected: unknown;
  value: unknown;
  /** The properties that are missing or too many. */
  names: string[];
  message: string;
}

/** Kratos' report on invalid traits, as text and fault by fault; undefined when they are valid. */
export function traitFaults({ id }: IdentitySchema, traits: unknown): { report: string; faults: TraitFault[] } | undefined {
  const validate = validators.get(id);
  if (!validate || validate({ traits })) return undefined;
  const errors = merged(validate.errors ?? []);
  const root: Level = { instance: "", schema: "", own: [], below: [] };
  for (const error of errors) place(root, error);
  const faults = errors.map((error) => ({
    path: error.instancePath.slice(1).replaceAll("/", "."),
    keyword: error.keyword,
    expected: error.schema as unknown,
    value: error.data,
    names: error.params["names"] as string[],
    message: messageOf(error),
  }));
  return { report: render(root), faults };
}

/** Kratos reports all missing or unknown properties of an object in one fault, ajv in one each. */
function merged(errors: ErrorObject[]): ErrorObject[] {
  const firsts = new Map<string, ErrorObject>();
  for (const error of errors) {
    const key = `${error.instancePath} ${error.schemaPath}`;
    const first = firsts.get(key);
    const name = (error.params["missingProperty"] ?? error.params["additionalProperty"]) as string | undefined;
    if (!first) firsts.set(key, { ...error, params: { ...error.params, names: [name] } });
    else (first.params["names"] as (string | undefined)[]).push(name);
  }
  return [...firsts.values()];
}

function place(root: Level, error: ErrorObject): void {
  const schemaSteps = error.schemaPath.split("/").slice(1, -1);
  const instanceSteps = error.instancePath.split("/").slice(1);
  let level = root;
  while (schemaSteps.length > 0) {
    const keyword = schemaSteps.shift() ?? "";
    const schema = `${level.schema}/${keyword}${keyword === "properties" ? `/${schemaSteps.shift()}` : ""}`;
    const instance = `${level.instance}/${instanceSteps.shift()}`;
    const known = level.below.find((each) => each.level.instance === instance && each.level.schema === schema);
    const next = known?.level ?? { instance, schema, own: [], below: [] };
    if (!known) level.below.push({ rank: keywordOrder.indexOf(keyword), level: next });
    level = next;
  }
  const line = `I[#${level.instance}] S[#${level.schema}/${error.keyword}] ${messageOf(error)}`;
  level.own.push({ rank: keywordOrder.indexOf(error.keyword), line, keyword: error.keyword });
  const extension = (error.parentSchema as JsonSchema)["ory.sh/kratos"];
  if (error.keyword === "format" && (extension?.verification?.via === "email" || extension?.recovery?.via === "email")) {
    // Kratos' own extension checks the address once more, and reports it as if the format keyword had.
    level.own.push({ rank: keywordOrder.indexOf("ory.sh/kratos"), line, keyword: "ory.sh/kratos" });
  }
}

function render(level: Level): string {
  const wrongType = level.own.find(({ keyword }) => keyword === "type");
  if (wrongType) return wrongType.line; // Kratos looks no further
  const faults = [...level.own, ...level.below.map((each) => ({ rank: each.rank, line: render(each.level) }))].sort(
    (a, b) => a.rank - b.rank,
  );
  const [only] = faults;
  if (only && faults.length === 1) return only.line;
  const header = `I[#${level.instance}] S[#${level.schema}] validation failed`;
  return [header, ...faults.flatMap(({ line }) => line.split("\n").map((each) => `  ${each}`))].join("\n");
}

function messageOf({ keyword, schema, data, params, message }: ErrorObject): string {
  const names = (params["names"] as string[]).map((name) => JSON.stringify(name)).join(", ");
  switch (keyword) {
    case "type":
      return `expected ${String(schema)}, but got ${jsonType(data).replace("bool", "boolean")}`;
    case "format":
      return `${JSON.stringify(data)} is not valid ${JSON.stringify(schema)}`;
    case "required":
      return `missing properties: ${names}`;
    case "additionalProperties":
      return `additionalProperties ${names} not allowed`;
    case "minLength":
      return `length must be >= ${String(schema)}, but got ${[...(data as string)].length}`;
    case "maxLength":
      return `length must be <= ${String(schema)}, but got ${[...(data as string)].length}`;
    case "pattern":
      return `does not match pattern ${JSON.stringify(schema)}`;
    case "minimum":
      return `must be >= ${String(schema)} but found ${String(data)}`;
    case "maximum":
      return `must be <= ${String(schema)} but found ${String(data)}`;
    default:
      return message ?? keyword;
  }
}
