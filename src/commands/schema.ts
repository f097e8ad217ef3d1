import { type Change, CriticalityLevel, diff, type Rule } from "@graphql-inspector/core";
import { buildSchema } from "graphql";
import { readFileSync } from "node:fs";
import { ConfigError, loadTraitsConfig } from "../config.js";
import { TraitsSchemaError } from "../graphql/traits/document.js";
import { buildFacadeSchema, type FacadeSchema } from "../graphql/schema.js";
import { CommandError, connectKratos } from "./kratos.js";
import { adviseMapping, loadTraitsSchemas } from "./traits-schemas.js";

export interface SchemaOptions {
  /** Prints the schema for clients. */
  readonly api?: true;
  readonly authDirectives: boolean;
  /** File with an SDL to compare the schema with, instead of printing it. */
  readonly check?: string;
}

/**
 * Prints the schema of the deployment, or what of another one it breaks.
 * @returns the exit code
 * @throws {CommandError} if there is no schema
 */
export async function schema({ api, authDirectives, check }: SchemaOptions): Promise<number> {
  const { sdl, apiSdl } = await buildSchemaOfDeployment(authDirectives);
  const printed = api ? apiSdl : sdl;
  if (check === undefined) {
    process.stdout.write(printed);
    return 0;
  }
  const changes = await findBreakingChanges(readSdl(check), printed).catch((error: unknown) => {
    throw new CommandError(`${check} must contain a schema, as printed by "kratos-graphql schema" (${(error as Error).message})`);
  });
  for (const { path = "", message } of changes) process.stdout.write(`${path}: ${message}\n`);
  process.stdout.write(changes.length > 0 ? `\n${changes.length} ${changes.length === 1 ? "change breaks" : "changes break"} clients of ${check}.\n` : `Nothing breaks clients of ${check}.\n`);
  return changes.length > 0 ? 1 : 0;
}

async function buildSchemaOfDeployment(authDirectives: boolean): Promise<FacadeSchema> {
  try {
    const traits = loadTraitsConfig(process.env);
    if (!traits) return buildFacadeSchema({ authDirectives });
    const { schemas, unnamed } = await loadTraitsSchemas(traits.source, async () => (await connectKratos(`TRAITS_SCHEMAS=${traits.source}`)).kratos);
    if (unnamed.length > 0) console.error(adviseMapping(schemas, unnamed));
    return buildFacadeSchema({ authDirectives, traits: { ...traits, schemas } });
  } catch (error) {
    throw error instanceof ConfigError || error instanceof TraitsSchemaError ? new CommandError(error.message) : error;
  }
}

function readSdl(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new CommandError(`--check must be the path of a readable file with a schema; received ${JSON.stringify(file)} (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** Without a key, references to the type do not resolve, and without @shareable, the supergraph does not compose. */
const federationBreaks: Rule = ({ changes }) =>
  changes.map((change) =>
    change.type.endsWith("_REMOVED") && /\.@(key|shareable)\b/.test(change.path ?? "")
      ? { ...change, criticality: { ...change.criticality, level: CriticalityLevel.Breaking } }
      : change,
  );

/** What a new SDL breaks of a released one. */
export async function findBreakingChanges(released: string, next: string): Promise<Change[]> {
  // The directives of federation are defined by federation alone.
  const [before, after] = [released, next].map((sdl) => buildSchema(sdl, { assumeValidSDL: true }));
  const changes = await diff(before!, after!, [federationBreaks]);
  return changes.filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking);
}
