import { createHash } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import type { SourceRecord } from "./records.js";

/** What an interrupted import needs to continue. Contains no personal data. */
interface Progress {
  /** URL of the Kratos, and path of the file of failures. */
  readonly kratos: string;
  readonly failedFile: string;
  /** Records that are done, and a hash of them. */
  readonly done: number;
  readonly hash: string;
  /** Records that may have been sent to Kratos. */
  readonly sent: number;
  readonly imported: number;
  readonly failed: number;
  /** Size of the file of failures after them. */
  readonly failedBytes: number;
}

/** The import cannot continue from its journal. */
export class JournalError extends Error {}

/** A file that records the progress of an import. It is written before records are sent to Kratos, and after they are done. */
export class Journal {
  #writing: Promise<void> = Promise.resolve();
  #hash = createHash("sha256");

  #progress: Progress;

  private constructor(
    private readonly path: string,
    /** The progress of the interrupted import, or of a new one. */
    private readonly start: Progress,
    /** Whether the journal is from an interrupted import. */
    readonly isResumed: boolean,
  ) {
    this.#progress = start;
  }

  /** @throws {JournalError} if the journal is that of another import */
  static async open(path: string, kratos: string, failedFile: string): Promise<Journal> {
    const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
    if (text === undefined) {
      return new Journal(path, { kratos, failedFile, done: 0, hash: "", sent: 0, imported: 0, failed: 0, failedBytes: 0 }, false);
    }
    let progress: Progress;
    try {
      progress = JSON.parse(text) as Progress;
    } catch {
      throw new JournalError(`${path} is not the journal of an import; specify another file with --journal`);
    }
    for (const [name, expected, found] of [["KRATOS_ADMIN_URL", progress.kratos, kratos], ["--failed", progress.failedFile, failedFile]] as const) {
      if (expected !== found) {
        throw new JournalError(`${path} is the journal of an interrupted import with ${name} ${expected}; received ${found}. To continue, use the same value; to start over, delete the journal`);
      }
    }
    return new Journal(path, progress, true);
  }

  get counts(): Pick<Progress, "imported" | "failed" | "failedBytes"> {
    return this.#progress;
  }

  /**
   * Called for each record, in the order of the file.
   * @returns whether it is done already, may have been sent, or is new
   * @throws {JournalError} if the records that are done are not those of the interrupted import
   */
  observe({ text }: SourceRecord, index: number): "done" | "doubtful" | "new" {
    const { done, sent, hash } = this.start;
    if (index >= done) return index < sent ? "doubtful" : "new";
    this.#hash.update(text).update("\n");
    if (index === done - 1 && this.#digest() !== hash) this.#refuse();
    return "done";
  }

  /** Called when the whole file was read. */
  expectAll(count: number): void {
    if (count < this.start.done) this.#refuse();
  }

  #refuse(): never {
    throw new JournalError(`the file is not the one whose import was interrupted, or it has changed since then. To continue, restore the file; to start over, delete the journal ${this.path}`);
  }

  /** To be called before records are sent. @param sent number of records up to the last of them */
  beforeSending(sent: number): Promise<void> {
    return this.#write({ sent: Math.max(sent, this.#progress.sent) });
  }

  /** To be called when records are done, in the order of the file. */
  afterBatch(records: readonly SourceRecord[], added: { readonly imported: number; readonly failed: number; readonly failedBytes: number }): Promise<void> {
    for (const { text } of records) this.#hash.update(text).update("\n");
    const { done, imported, failed } = this.#progress;
    return this.#write({
      done: done + records.length,
      hash: this.#digest(),
      imported: imported + added.imported,
      failed: failed + added.failed,
      failedBytes: added.failedBytes,
    });
  }

  /** The import is complete. */
  async remove(): Promise<void> {
    await this.#writing;
    await rm(this.path, { force: true });
  }

  #digest(): string {
    return this.#hash.copy().digest("hex");
  }

  /** Replaces the file as a whole, so that it is complete even if the process is killed. */
  #write(change: Partial<Progress>): Promise<void> {
    this.#progress = { ...this.#progress, ...change };
    const text = JSON.stringify(this.#progress);
    this.#writing = this.#writing.then(async () => {
      const next = `${this.path}.tmp`;
      await writeFile(next, text, { flush: true });
      await rename(next, this.path);
    });
    return this.#writing;
  }
}
