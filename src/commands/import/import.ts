import { createReadStream } from "node:fs";
import { access, stat } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { pMapIterable } from "p-map";
import { BatchRoom, KratosInvalidError, KratosUnsupportedError, type Kratos, type NewIdentity } from "../../kratos/index.js";
import { CommandError, type ConnectedKratos, connectKratos } from "../kratos.js";
import { FailureFile } from "./failures.js";
import { Journal, JournalError } from "./journal.js";
import { type Parsed, RecordParser } from "./parse.js";
import { formatCount, ProgressDisplay } from "./progress.js";
import { readCsv, readNdjson, SourceError, type SourceRecord } from "./records.js";
import { ImportSchemas } from "./schemas.js";
import { explain, type Outcome, Sender, StoppedError } from "./send.js";

export interface ImportOptions {
  /** `COLUMN=PATH` for each column of a CSV whose name is not a path. */
  readonly map: readonly string[];
  readonly csv?: boolean;
  readonly schemaId?: string;
  readonly failed?: string;
  readonly journal?: string;
  readonly concurrency: number;
  readonly dryRun?: boolean;
}

/** Exit codes of the command. */
const EXIT = { all: 0, someFailed: 1, stopped: 2 } as const;

/**
 * Imports identities from a file.
 * @param path of the file, or `-` for standard input
 * @returns the exit code
 */
export async function importFile(path: string, options: ImportOptions): Promise<number> {
  const connected = await connectKratos("import");
  const { kratos } = connected;
  const schemas = new ImportSchemas(kratos);
  const parser = new RecordParser(schemas, { columns: toColumns(options.map), schemaId: options.schemaId });
  try {
    const size = path === "-" ? undefined : (await stat(path)).size;
    const records = () => read(path, options);
    if (options.dryRun) return await dryRun(records(), parser, schemas, kratos, size);
    const version = await kratos.system.detectVersion();
    if (!version.features.batch) throw new CommandError(`import requires Kratos v0.13.0 or later; the connected Kratos is ${version.name}`);
    return await new Import(path, options, connected, schemas, parser, size).run(records());
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (error instanceof SourceError || error instanceof JournalError) throw new CommandError(message);
    if (code === "ENOENT" || code === "EACCES" || code === "EISDIR") throw new CommandError(`expected a readable file; ${message}`);
    throw error;
  }
}

function read(path: string, { csv, map }: ImportOptions): AsyncGenerator<SourceRecord> {
  const input = path === "-" ? process.stdin : createReadStream(path);
  return csv || map.length > 0 || extname(path) === ".csv" ? readCsv(input) : readNdjson(input);
}

function toColumns(map: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    map.map((pair) => {
      const at = pair.lastIndexOf("=");
      if (at < 1) throw new CommandError(`expected a column and a path in --map, e.g. "E-Mail=traits.email"; received ${JSON.stringify(pair)}`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

/** Records that are sent together. */
interface Batch {
  readonly items: readonly Parsed[];
  readonly isDoubtful: boolean;
  /** Number of records in the file up to the last one of the batch. */
  readonly end: number;
}

class Import {
  readonly #stop = new AbortController();
  readonly #failures: FailureFile;
  readonly #sender: Sender;
  readonly #display: ProgressDisplay;

  constructor(
    private readonly path: string,
    private readonly options: ImportOptions,
    private readonly connected: ConnectedKratos,
    schemas: ImportSchemas,
    private readonly parser: RecordParser,
    size: number | undefined,
  ) {
    const base = path === "-" ? "import" : join(dirname(path), basename(path, extname(path)));
    this.#failures = new FailureFile(options.failed ?? `${base}.failed.ndjson`);
    this.#sender = new Sender(connected.kratos, schemas, this.#stop.signal);
    this.#display = new ProgressDisplay(size, "imported");
  }

  async run(records: AsyncGenerator<SourceRecord>): Promise<number> {
    const journal = await Journal.open(this.options.journal ?? `${this.path === "-" ? "import" : this.path}.journal`, this.connected.adminUrl, this.#failures.path);
    if (journal.isResumed) {
      await this.#failures.resume(journal.counts.failedBytes);
      process.stderr.write(`Continuing the interrupted import. Imported so far: ${formatCount(journal.counts.imported)}.\n`);
    } else if (await access(this.#failures.path).then(() => true, () => false)) {
      throw new CommandError(`${this.#failures.path} contains the failures of an earlier import. Import it, move it, or specify another file with --failed`);
    }
    const onSignal = () => this.#stop.abort();
    process.once("SIGINT", onSignal).once("SIGTERM", onSignal);
    this.#display.start(journal.counts);
    try {
      const { concurrency } = this.options;
      const batches = this.#toBatches(records, journal);
      // The results are in the order of the batches. No more batches are read than are sent.
      for await (const { batch, outcomes } of pMapIterable(batches, (batch) => this.#send(batch, journal), { concurrency, backpressure: concurrency })) {
        await this.#finish(batch, outcomes, journal);
      }
    } catch (error) {
      if (!(error instanceof StoppedError)) throw error;
      this.#display.stop();
      return this.#report(journal, error.message);
    } finally {
      this.#display.stop();
      await this.#failures.close();
      process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
    }
    if (this.#stop.signal.aborted) return this.#report(journal, "The import was stopped");
    await journal.remove();
    return this.#report(journal);
  }

  /** Groups records that fit into one call. Those that are done are skipped. */
  async *#toBatches(records: AsyncGenerator<SourceRecord>, journal: Journal): AsyncGenerator<Batch> {
    let items: Parsed[] = [];
    let room = new BatchRoom(this.connected.timeoutMs);
    let isDoubtful = false;
    let count = 0;
    for await (const record of records) {
      if (this.#stop.signal.aborted) return;
      const state = journal.observe(record, count);
      count++;
      if (state === "done") continue;
      const parsed = await this.parser.parse(record);
      const fits = parsed.identity === undefined ? items.length < MAX_ITEMS : room.take(parsed.identity);
      if (items.length > 0 && (!fits || isDoubtful !== (state === "doubtful"))) {
        yield { items, isDoubtful, end: count - 1 };
        items = [];
        room = new BatchRoom(this.connected.timeoutMs);
        if (parsed.identity) room.take(parsed.identity);
      }
      isDoubtful = state === "doubtful";
      items.push(parsed);
    }
    journal.expectAll(count);
    if (items.length > 0) yield { items, isDoubtful, end: count };
  }

  async #send(batch: Batch, journal: Journal): Promise<{ batch: Batch; outcomes: readonly Outcome[] }> {
    const identities = batch.items.flatMap(({ identity }) => identity ?? []);
    await journal.beforeSending(batch.end);
    const sent = (await this.#sender.send(identities, batch.isDoubtful)).values();
    return { batch, outcomes: batch.items.map(({ identity, problems }) => (identity ? sent.next().value! : { error: problems.join(" ") })) };
  }

  async #finish({ items }: Batch, outcomes: readonly Outcome[], journal: Journal): Promise<void> {
    const failed = items.flatMap((item, index) => {
      const outcome = outcomes[index]!;
      return typeof outcome === "string" ? [] : [toFailure(item, outcome.error)];
    });
    await this.#failures.append(failed);
    const records = items.map(({ record }) => record);
    await journal.afterBatch(records, { imported: items.length - failed.length, failed: failed.length, failedBytes: this.#failures.bytes });
    this.#display.update(journal.counts, records.at(-1)!.end);
  }

  /** @param problem why the import ended before the end of the file */
  #report(journal: Journal, problem?: string): number {
    const { imported, failed } = journal.counts;
    const failures = failed === 0 ? "" : ` Failed: ${formatCount(failed)}. For the reasons, see ${this.#failures.path}. Correct it, and import it.`;
    process.stdout.write(`Imported: ${formatCount(imported)}.${failures}\n`);
    if (problem === undefined) return failed === 0 ? EXIT.all : EXIT.someFailed;
    process.stderr.write(`kratos-graphql: ${problem.replace(/\.$/, "")}. To continue, run the same command again: no identity is imported twice.\n`);
    return EXIT.stopped;
  }
}

/** Records of a batch that cannot be read: they take no room in a call, but they take memory. */
const MAX_ITEMS = 1_000;

/** The input with the error and the line number, in fields that the import ignores. */
function toFailure({ record, value }: Parsed, error: string): string {
  return JSON.stringify({ ...(value ?? { _text: record.text.slice(0, MAX_TEXT) }), _error: error, _line: record.line });
}

/** Maximum number of characters to keep of a line that is not a JSON object. */
const MAX_TEXT = 10_000;

/** Validates a file, and prints its errors. Requests only the version and the identity schemas from Kratos. */
async function dryRun(
  records: AsyncGenerator<SourceRecord>,
  parser: RecordParser,
  schemas: ImportSchemas,
  kratos: Kratos,
  size: number | undefined,
): Promise<number> {
  const counts = { imported: 0, failed: 0 };
  const display = new ProgressDisplay(size, "valid");
  display.start(counts);
  for await (const record of records) {
    const { identity, problems } = await parser.parse(record);
    const found = identity ? await check(identity, schemas, kratos) : problems;
    if (found.length === 0) counts.imported++;
    else counts.failed++;
    for (const problem of found) process.stdout.write(`line ${record.line}: ${problem}\n`);
    display.update(counts, record.end);
  }
  display.stop();
  const { imported, failed } = counts;
  process.stdout.write(`Valid: ${formatCount(imported)}. Invalid: ${formatCount(failed)}. Conflicts with existing identities were not checked.\n`);
  return failed === 0 ? EXIT.all : EXIT.someFailed;
}

async function check(identity: NewIdentity, schemas: ImportSchemas, kratos: Kratos): Promise<string[]> {
  try {
    await kratos.identities.check(identity);
  } catch (error) {
    if (error instanceof KratosInvalidError || error instanceof KratosUnsupportedError) return explain(error, identity);
    throw error;
  }
  const schema = await schemas.get(identity.schemaId);
  return schema ? schema.check(identity.traits) : [`schemaId: Kratos has no identity schema ${JSON.stringify(identity.schemaId)}.`];
}
