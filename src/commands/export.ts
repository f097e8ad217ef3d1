import { createWriteStream } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { IdentityState } from "../graphql/identity/identity.type.js";
import { type Kratos, type PagePosition, type WireIdentity } from "../kratos/index.js";
import { formatCount } from "./import/progress.js";
import { CommandError, connectKratos, getEnd } from "./kratos.js";

export interface ExportOptions {
  readonly metadataAdmin?: boolean;
}

const PAGE_SIZE = 250;

/**
 * Writes all identities as `import` reads them: without credentials, which Kratos does not give out.
 * @param path of the file, which must not exist. Default: standard output
 * @returns the exit code: 1 if Kratos returned identities that cannot be read
 */
export async function exportFile(path: string | undefined, options: ExportOptions): Promise<number> {
  const { kratos } = await connectKratos("export");
  const counts = { written: 0, malformed: 0 };
  const lines = Readable.from(toLines(kratos, options, counts));
  if (path === undefined || path === "-") {
    await pipeline(lines, process.stdout as Writable, { end: false });
  } else {
    await writeWhole(path, lines);
  }
  const malformed = counts.malformed === 0 ? "" : ` Could not be read: ${formatCount(counts.malformed)}.`;
  process.stderr.write(`Exported: ${formatCount(counts.written)}.${malformed}\n`);
  return counts.malformed === 0 ? 0 : 1;
}

/** A file that is not complete has another name, and is removed if the export fails. */
async function writeWhole(path: string, lines: Readable): Promise<void> {
  const file = await open(path, "wx", 0o600).catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(error.code === "EEXIST" ? `${path} already exists; specify another file, or delete it` : `expected a writable file; ${error.message}`);
  });
  await file.close();
  const part = `${path}.part`;
  try {
    await pipeline(lines, createWriteStream(part, { mode: 0o600 }));
    await rename(part, path);
  } catch (error) {
    await Promise.all([path, part].map((file) => rm(file, { force: true })));
    throw error;
  }
}

async function* toLines(kratos: Kratos, { metadataAdmin = false }: ExportOptions, counts: { written: number; malformed: number }): AsyncGenerator<string> {
  let after: PagePosition | undefined;
  for (let hasNextPage = true; hasNextPage; ) {
    const page = await kratos.identities.list(PAGE_SIZE, after);
    for (const identity of page.identities) {
      if (identity instanceof Error) {
        counts.malformed++;
        process.stderr.write(`The identity ${identity.id} cannot be read: ${identity.detail}.\n`);
        continue;
      }
      counts.written++;
      yield `${JSON.stringify(toInput(identity, metadataAdmin))}\n`;
    }
    ({ hasNextPage } = page);
    after = getEnd(page);
  }
}

/** An identity in the form of the input of `createIdentity`. Addresses that are not verified follow from the traits. */
function toInput(identity: WireIdentity, metadataAdmin: boolean): object {
  const { schema_id, traits, state, external_id, metadata_public, metadata_admin, verifiable_addresses } = identity;
  const verified = (verifiable_addresses ?? []).filter((address) => address.verified);
  return {
    schemaId: schema_id,
    traits: traits ?? {},
    ...(state === IdentityState.INACTIVE && { state: "INACTIVE" }),
    ...(external_id && { externalId: external_id }),
    ...(isGiven(metadata_public) && { metadataPublic: metadata_public }),
    ...(metadataAdmin && isGiven(metadata_admin) && { metadataAdmin: metadata_admin }),
    ...(verified.length > 0 && { verifiableAddresses: verified.map(({ value, via }) => ({ value, via, verified: true })) }),
  };
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}
