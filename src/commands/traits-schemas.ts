import { Ajv } from "ajv";
import { readFile } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import * as z from "zod";
import { type Pointer, type TraitsProblem, TraitsSchemaError } from "../graphql/traits/document.js";
import { isSchemaName, SCHEMA_NAME } from "../graphql/traits/names.js";
import type { TraitsSchema } from "../graphql/traits/traits.js";
import { type Kratos, KratosPublicUrlRequiredError, KratosUnsupportedError, parsePointer } from "../kratos/index.js";
import type { Logger } from "../server/logger.js";

/** The value of TRAITS_SCHEMAS for all identity schemas that Kratos lists. Any other value is the path of a mapping file. */
export const ALL = "kratos";

export interface LoadedSchemas {
  readonly schemas: readonly TraitsSchema[];
  /** IDs of identity schemas that are not names, and so are left out. */
  readonly unnamed: readonly string[];
}

/**
 * Loads the identity schemas whose traits get types.
 * @param source `kratos`, or the path of a mapping file
 * @param connect returns the Kratos to ask. Not called if all schemas are in files
 * @throws {TraitsSchemaError} if the mapping or a schema is wrong; it lists every problem
 */
export async function loadTraitsSchemas(source: string, connect: () => Promise<Kratos>): Promise<LoadedSchemas> {
  const problems: TraitsProblem[] = [];
  const { schemas, unnamed } = source === ALL ? await loadAll(await connect(), problems) : await loadMapped(source, connect, problems);
  problems.push(...schemas.flatMap(findProblem));
  if (problems.length > 0) throw new TraitsSchemaError(problems);
  return { schemas, unnamed };
}

/** Returns what loads the identity schemas for a server. The log says once which ones are left out. */
export function createTraitsLoader(source: string, logger: Logger): (kratos: Kratos) => Promise<readonly TraitsSchema[]> {
  let reported = "";
  return async (kratos) => {
    const { schemas, unnamed } = await loadTraitsSchemas(source, async () => kratos);
    const advice = unnamed.length > 0 ? adviseMapping(schemas, unnamed) : "";
    if (advice !== reported && advice !== "") logger.warn(advice);
    reported = advice;
    return schemas;
  };
}

/** What to write so that schemas that are left out get types, too. */
export function adviseMapping(schemas: readonly TraitsSchema[], unnamed: readonly string[]): string {
  const mapping = Object.fromEntries([...schemas.map(({ name, id }) => [name, id]), ...unnamed.map((id, index) => [`Name${index + 1}`, id])]);
  return `These identity schemas have no typed traits, because their IDs are not names: ${list(unnamed)}. To choose names, set TRAITS_SCHEMAS to the path of a file, e.g. with ${JSON.stringify(mapping)}.`;
}

const PAGE_SIZE = 250;

/** All identity schemas, in the order of Kratos' configuration. */
export async function listSchemas(kratos: Kratos): Promise<readonly { readonly id: string; readonly schema: object }[]> {
  const schemas: { id: string; schema: object }[] = [];
  for (let isLast = false; !isLast; ) {
    const { entries, hasNextPage } = await kratos.schemas.list(PAGE_SIZE, { offset: schemas.length });
    schemas.push(...entries.map(({ item }) => item));
    isLast = !hasNextPage;
  }
  return schemas;
}

async function loadAll(kratos: Kratos, problems: TraitsProblem[]): Promise<LoadedSchemas> {
  const listed = await listSchemas(kratos).catch((error: unknown) => {
    if (error instanceof KratosUnsupportedError) throw toError(`TRAITS_SCHEMAS=${ALL}`, `${error.message} Set TRAITS_SCHEMAS to the path of a file that maps names to IDs, e.g. with {"Customer": "customer"}.`);
    throw explain(error);
  });
  const names = new Map<string, string>();
  const schemas = listed.flatMap(({ id, schema }): TraitsSchema[] => {
    const name = `${id.charAt(0).toUpperCase()}${id.slice(1)}`;
    if (!isSchemaName(name)) return [];
    const other = names.get(name);
    if (other !== undefined) problems.push({ source: describeSchema(id), at: [], message: `The identity schema ${JSON.stringify(other)} is also called ${JSON.stringify(name)}. Set TRAITS_SCHEMAS to the path of a file that maps names to IDs, e.g. with {"Customer": ${JSON.stringify(id)}}.` });
    names.set(name, id);
    return [{ name, id, source: describeSchema(id), schema }];
  });
  if (schemas.length === 0) problems.push({ source: `TRAITS_SCHEMAS=${ALL}`, at: [], message: listed.length === 0 ? "Kratos has no identity schemas." : adviseMapping([], listed.map(({ id }) => id)) });
  const named = new Set(schemas.map(({ id }) => id));
  return { schemas, unnamed: listed.map(({ id }) => id).filter((id) => !named.has(id)) };
}

const Entry = z.union([z.string(), z.strictObject({ id: z.string(), file: z.string() })]).transform((entry) => (typeof entry === "string" ? { id: entry, file: undefined } : entry));
const Mapping = z.record(z.string(), z.unknown());

async function loadMapped(path: string, connect: () => Promise<Kratos>, problems: TraitsProblem[]): Promise<LoadedSchemas> {
  const { success, data: mapping = {} } = Mapping.safeParse(await readJson(path));
  if (!success || Object.keys(mapping).length === 0) throw toError(path, 'The file must map names to IDs of identity schemas, e.g. {"Customer": "customer"}.');
  const report = (at: Pointer, message: string) => void problems.push({ source: path, at, message });
  const mapped = Object.entries(mapping).flatMap(([name, value]) => {
    if (!isSchemaName(name)) report([name], `The name of an identity schema must ${SCHEMA_NAME}.`);
    const { success, data: entry } = Entry.safeParse(value);
    if (success && entry.id !== "") return [{ name, ...entry }];
    report([name], `Expected the ID of an identity schema in Kratos, e.g. "customer", or an ID and the path of a file with the schema, e.g. {"id": "customer", "file": "customer.schema.json"}; received ${JSON.stringify(value)}.`);
    return [];
  });
  for (const { name, id } of mapped) {
    const first = mapped.find((other) => other.id === id)!;
    if (first.name !== name) report([name], `The identity schema ${JSON.stringify(id)} is already called ${JSON.stringify(first.name)}. Remove one of the two names.`);
  }

  const ids = [...new Set(mapped.flatMap(({ id, file }) => (file === undefined ? [id] : [])))];
  const found = ids.length > 0 ? await find(await connect(), ids) : new Map<string, object>();
  const unknown = ids.filter((id) => !found.has(id));
  const known = unknown.length > 0 ? await connect().then(listSchemas).catch(() => []) : [];
  const schemas: TraitsSchema[] = [];
  for (const { name, id, file } of mapped) {
    if (file !== undefined) {
      const source = isAbsolute(file) ? file : join(dirname(path), file);
      const schema = await readJson(source).catch(onlyProblems);
      if (schema instanceof TraitsSchemaError) problems.push(...schema.problems);
      else schemas.push({ name, id, source, schema: schema as object });
    } else if (found.has(id)) schemas.push({ name, id, source: describeSchema(id), schema: found.get(id)! });
    else report([name], `Kratos has no identity schema with the ID ${JSON.stringify(id)}.${known.length > 0 ? ` Its identity schemas are ${list(known.map((each) => each.id))}.` : ""}`);
  }
  return { schemas, unnamed: [] };
}

/** @returns the schemas that exist */
async function find(kratos: Kratos, ids: readonly string[]): Promise<ReadonlyMap<string, object>> {
  const found = await kratos.schemas.find(ids);
  for (const schema of found.values()) if (schema instanceof Error) throw explain(schema);
  return found;
}

/** An error that is one of the configuration does not pass by itself. */
function explain(error: unknown): unknown {
  return error instanceof KratosPublicUrlRequiredError ? toError("TRAITS_SCHEMAS", error.message) : error;
}

async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw toError(path, `The file cannot be read (${error.code}). TRAITS_SCHEMAS must be the path of a mapping file or "${ALL}", and "file" in it a path, not a URL.`);
  });
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    // The message can quote the file, which might be another one than the one that is meant.
    const [position = ""] = / at position \d+/.exec((error as Error).message) ?? [];
    throw toError(path, `The file must be JSON; there is a syntax error${position}.`);
  }
}

const DRAFT_7 = "http://json-schema.org/draft-07/schema";
const ajv = new Ajv({ strict: false, validateFormats: false, logger: false });

/** What of a schema is no JSON Schema, e.g. a property whose schema is a text. */
function findProblem({ source, schema }: TraitsSchema): TraitsProblem[] {
  if (ajv.validate(DRAFT_7, schema)) return [];
  const [{ instancePath, message } = { instancePath: "", message: "is invalid" }] = ajv.errors ?? [];
  const at = parsePointer(instancePath);
  return [{ source, at, message: `Expected a JSON Schema of draft 7, but this ${message}.` }];
}

function onlyProblems(error: unknown): TraitsSchemaError {
  if (error instanceof TraitsSchemaError) return error;
  throw error;
}

function toError(source: string, message: string): TraitsSchemaError {
  return new TraitsSchemaError([{ source, at: [], message }]);
}

function describeSchema(id: string): string {
  return `identity schema ${JSON.stringify(id)}`;
}

function list(ids: readonly string[]): string {
  return ids.map((id) => JSON.stringify(id)).join(", ");
}
