import device from "../schemas/device.schema.json" with { type: "json" };
import person from "../schemas/person.schema.json" with { type: "json" };

/** A JSON schema, as far as the emulation reads it. */
export interface JsonSchema {
  type?: string;
  title?: string;
  format?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  "ory.sh/kratos"?: {
    credentials?: { password?: { identifier?: boolean } };
    verification?: { via?: string };
    recovery?: { via?: string };
  };
  [keyword: string]: unknown;
}

/** An identity schema and the name Kratos is configured to know it by. */
export interface IdentitySchema {
  id: string;
  schema: JsonSchema;
}

/** The schema of an identity that names none. */
export const defaultSchemaId = "default";

export const identitySchemas: readonly IdentitySchema[] = [
  { id: defaultSchemaId, schema: person as JsonSchema },
  { id: "device", schema: device as JsonSchema },
];

/** The schema of that name; the empty name means the default. */
export function identitySchema(id: string): IdentitySchema | undefined {
  return identitySchemas.find((each) => each.id === (id || defaultSchemaId));
}

/** One leaf of a traits schema with its value. */
export interface TraitLeaf {
  /** As in `name.first`. */
  path: string;
  schema: JsonSchema;
  required: boolean;
  value: unknown;
}

/** The leaves of the schema's traits, in the order of the schema. */
export function traitLeaves({ schema }: IdentitySchema, traits: unknown): TraitLeaf[] {
  return leavesOf(schema.properties?.["traits"] ?? {}, "", true, traits).map((leaf) => ({ ...leaf, path: leaf.path.slice(1) }));
}

function leavesOf(schema: JsonSchema, path: string, required: boolean, value: unknown): TraitLeaf[] {
  if (schema.type !== "object") return [{ path, schema, required, value }];
  const members = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
    leavesOf(property, `${path}.${name}`, schema.required?.includes(name) ?? false, members[name]),
  );
}
