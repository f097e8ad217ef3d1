import { extendSchema, type GraphQLObjectType, type GraphQLScalarType, type GraphQLSchema, parse } from "graphql";
import type { Identity } from "../identity/identity.type.js";
import { type JsonSchema, type Pointer, SchemaDocument, type TraitsProblem, TraitsSchemaError } from "./document.js";
import { isSchemaName, SCHEMA_NAME } from "./names.js";
import { type ScalarName, SCALARS, setParser } from "./scalars.js";
import {
  INPUT,
  PATCH_INPUT,
  printEnum,
  printIdentityField,
  printInput,
  printObject,
  printPatchInput,
  printScalar,
  printTraitsInput,
  printTraitsPatchInput,
  printTypedInput,
  TYPED_INPUT,
  TYPED_PATCH_INPUT,
} from "./sdl.js";
import { type EnumShape, type ObjectShape, type Shape, ShapeBuilder, type TraitsNote } from "./shape.js";
import { createCheck, type TraitsCheck } from "./check.js";
import { toFields, toInputPath, toMergePatch, toTraits } from "./values.js";

/** An identity schema whose traits get types. */
export interface TraitsSchema {
  /** What the types are called, e.g. `Customer`. */
  readonly name: string;
  /** Its ID in Kratos. */
  readonly id: string;
  /** Its file, or where else it is from, for messages. */
  readonly source: string;
  /** A valid JSON Schema. */
  readonly schema: object;
}

export interface TraitsOptions {
  /** Whether fields are non-null if the identity schema requires them. Otherwise, identities of an older schema can lack them. */
  readonly trustsSchema: boolean;
}

/** The traits of one identity schema, as typed in GraphQL. */
export interface TypedTraits {
  readonly schemaId: string;
  /** The field of `Identity`, which inputs can have, too, e.g. `customerTraits`. */
  readonly field: string;
  /** The type of that field in inputs, e.g. `CustomerTraitsInput`. */
  readonly inputType: string;
  /** The type of that field in an input that is merged into the traits of an identity, e.g. `CustomerTraitsPatchInput`. */
  readonly patchInputType: string;
  /** Converts a value of `inputType` to traits for Kratos. */
  toTraits(input: unknown): unknown;
  /** Converts a value of `patchInputType` to a JSON Merge Patch of traits. */
  toMergePatch(input: unknown): unknown;
  /** Converts a path in the traits to the path in a value of either type. */
  toInputPath(path: readonly string[]): readonly string[];
  /** Finds what is wrong with traits, as far as this is known without Kratos. */
  readonly check: TraitsCheck;
}

export interface TraitsGraph {
  readonly graph: GraphQLSchema;
  readonly traits: readonly TypedTraits[];
  /** What stays JSON, and why. */
  readonly notes: readonly TraitsNote[];
}

/**
 * Adds the types of identity schemas to a graph, and a field of `Identity` for each of them.
 * @throws {TraitsSchemaError} if identity schemas must be changed first
 */
export function addTraits(graph: GraphQLSchema, schemas: readonly TraitsSchema[], { trustsSchema }: TraitsOptions): TraitsGraph {
  if (schemas.length === 0) return { graph, traits: [], notes: [] };
  const names = new Map([...Object.keys(graph.getTypeMap()), TYPED_INPUT, TYPED_PATCH_INPUT].map((name) => [name, "this server"]));
  const typed = mapEach(schemas, ({ name, id, source, schema }) => {
    const document = new SchemaDocument(name, source, schema as JsonSchema);
    if (!isSchemaName(name)) throw document.error([], `The name of an identity schema must ${SCHEMA_NAME}; received ${JSON.stringify(name)}.`);
    const builder = new ShapeBuilder(document);
    const shape = builder.build();
    const field = `${name.charAt(0).toLowerCase()}${name.slice(1)}Traits`;
    const claim = (claimed: string, at: Pointer) => {
      const owner = names.get(claimed);
      if (owner !== undefined) throw document.error(at, `"${claimed}" is already the name of a type or field of ${owner}. Choose another name for the identity schema, or add one here, e.g. "x-graphql": { "name": "address2" }.`);
      names.set(claimed, source);
    };
    claim(`Identity.${field}`, []);
    for (const type of builder.types.values()) {
      claim(type.name, type.at);
      if ("fields" in type) claim(type.name + INPUT, type.at);
    }
    const patched = [...getPatched(shape)];
    for (const type of patched) claim(type.name + PATCH_INPUT, type.at);
    const [inputType, patchInputType] = [printTraitsInput(shape), printTraitsPatchInput(shape)];
    return { id, schema, field, shape, inputType, patchInputType, types: [...builder.types.values()], patched, notes: builder.notes };
  });

  const scalars = new Set(typed.flatMap(({ shape, types }) => [shape, ...types.flatMap(getShapes)]).flatMap(getScalar));
  const definitions = [
    ...[...scalars].map(printScalar),
    ...typed.flatMap(({ id, field, shape, types, patched }) => [
      printIdentityField(field, shape, id, trustsSchema),
      ...types.flatMap((type) => ("fields" in type ? [printObject(type, trustsSchema), printInput(type)] : [printEnum(type)])),
      ...patched.map(printPatchInput),
    ]),
    printTypedInput(TYPED_INPUT, "All traits of an identity.", typed.map(({ field, id, inputType }) => ({ field, type: inputType, schemaId: id }))),
    printTypedInput(TYPED_PATCH_INPUT, "Traits to merge into those of an identity, which must have the identity schema of the field, or get it by `schemaId`.", typed.map(({ field, id, patchInputType }) => ({ field, type: patchInputType, schemaId: id }))),
  ];
  // `@tag` has no definition in the graph.
  const extended = extendSchema(graph, parse(definitions.join("\n")), { assumeValidSDL: true });
  for (const name of scalars) if (SCALARS[name].description !== undefined) setParser(extended.getType(name) as GraphQLScalarType);
  const fields = (extended.getType("Identity") as GraphQLObjectType<Identity>).getFields();
  for (const { id, field, shape } of typed) {
    fields[field]!.resolve = ({ schemaId, traits }) => (schemaId === id ? toFields(shape, traits, trustsSchema) : null);
  }
  return {
    graph: extended,
    traits: typed.map(({ id, schema, field, shape, inputType, patchInputType }) => ({
      schemaId: id,
      field,
      inputType,
      patchInputType,
      check: createCheck(schema),
      toTraits: (input) => toTraits(shape, input),
      toMergePatch: (input) => toMergePatch(shape, input),
      toInputPath: (path) => toInputPath(shape, path),
    })),
    notes: typed.flatMap(({ notes }) => notes),
  };
}

/** The objects that can be merged: those that no list is around. */
function getPatched(shape: Shape, found = new Set<ObjectShape>()): ReadonlySet<ObjectShape> {
  if (shape.kind !== "object" || found.has(shape.type)) return found;
  found.add(shape.type);
  for (const field of shape.type.fields) getPatched(field.shape, found);
  return found;
}

/** @throws {TraitsSchemaError} with the problems of all schemas, not only of the first one */
function mapEach<Result>(schemas: readonly TraitsSchema[], toResult: (schema: TraitsSchema) => Result): readonly Result[] {
  const problems: TraitsProblem[] = [];
  const results = schemas.flatMap((schema) => {
    try {
      return [toResult(schema)];
    } catch (error) {
      if (!(error instanceof TraitsSchemaError)) throw error;
      problems.push(...error.problems);
      return [];
    }
  });
  if (problems.length > 0) throw new TraitsSchemaError(problems);
  return results;
}

function getShapes(type: EnumShape | ObjectShape): readonly Shape[] {
  return "fields" in type ? type.fields.map(({ shape }) => shape) : [];
}

function getScalar(shape: Shape): readonly ScalarName[] {
  if (shape.kind === "list") return getScalar(shape.item);
  return shape.kind === "scalar" ? [shape.name] : [];
}
