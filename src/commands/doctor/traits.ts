import { isDeepStrictEqual } from "node:util";
import type { Config, TraitsConfig } from "../../config.js";
import { printPointer, TraitsSchemaError } from "../../graphql/traits/document.js";
import { buildFacadeSchema } from "../../graphql/schema.js";
import { type Kratos, KratosError, onlyKratosErrors } from "../../kratos/index.js";
import { getSchemaHash, SchemaHashError } from "../../server/graph.js";
import { describe } from "../kratos.js";
import { adviseMapping, listSchemas, loadTraitsSchemas, type LoadedSchemas } from "../traits-schemas.js";
import { fail, type Finding, note, ok } from "./finding.js";

const CHECK = "TRAITS_SCHEMAS";

/** Checks that a schema can be built of the identity schemas, that it has the expected hash, and what of the traits has no types. */
export async function checkTraits(kratos: Kratos, { traits, facade: { publicSdl, schemaHash } }: Config): Promise<Finding[]> {
  try {
    const loaded = traits ? await loadTraitsSchemas(traits.source, async () => kratos) : { schemas: [], unnamed: [] };
    const { sdl, typed } = buildFacadeSchema({ publicSdl, traits: { schemas: loaded.schemas, trustsSchema: traits?.trustsSchema ?? false } });
    const untyped = typed.notes.map(({ source, at, message }) => note(CHECK, `${source}: ${printPointer(at)} ${message}`));
    return [...(traits ? await checkMapping(kratos, traits, loaded) : []), ...untyped, ...checkHash(sdl, schemaHash)];
  } catch (error) {
    if (error instanceof TraitsSchemaError) return error.problems.map((problem) => fail(CHECK, new TraitsSchemaError([problem]).message));
    return [fail(CHECK, `the identity schemas cannot be loaded: ${describe(onlyKratosErrors(error))}`)];
  }
}

/** Compares the mapping with the identity schemas of Kratos. Not every version of Kratos lists them. */
async function checkMapping(kratos: Kratos, { source }: TraitsConfig, { schemas, unnamed }: LoadedSchemas): Promise<Finding[]> {
  const listed = await listSchemas(kratos).catch(onlyKratosErrors);
  const inKratos = listed instanceof KratosError ? await kratos.schemas.find(schemas.map(({ id }) => id)) : new Map(listed.map(({ id, schema }) => [id, schema]));
  const findings = schemas.map(({ name, id, source: from, schema }) => {
    const check = `${CHECK} ${name}`;
    const current = inKratos.get(id);
    if (current === undefined) return fail(check, `Kratos has no identity schema with the ID ${JSON.stringify(id)}, so no identity has these traits; correct the ID in ${source}`);
    if (current instanceof Error || isDeepStrictEqual(current, schema)) return ok(check, `are the traits of the identity schema ${JSON.stringify(id)}`);
    return note(check, `${from} differs from the identity schema ${JSON.stringify(id)} in Kratos. The types are those of the file`);
  });
  if (unnamed.length > 0) return [...findings, note(CHECK, adviseMapping(schemas, unnamed))];
  const mapped = new Set(schemas.map(({ id }) => id));
  const others = [...inKratos.keys()].filter((id) => !mapped.has(id)).map((id) => note(CHECK, `the identity schema ${JSON.stringify(id)} has no typed traits; to type them, give it a name in ${source}`));
  return [...findings, ...others];
}

function checkHash(sdl: string, expected: string | undefined): Finding[] {
  const actual = getSchemaHash(sdl);
  if (expected === undefined || expected === actual) return [ok("Schema", actual)];
  return [fail("Schema", new SchemaHashError(expected, actual).message)];
}
