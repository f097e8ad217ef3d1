import { Presets, SingleBar } from "cli-progress";

export interface Counts {
  readonly imported: number;
  readonly failed: number;
}

/** How often a line is written if there is no terminal. */
const LINE_INTERVAL_MS = 10_000;

/** Shows how far the import is: as a bar on a terminal, or else as a line every ten seconds. Both are on standard error. */
export class ProgressDisplay {
  readonly #bar?: SingleBar;
  readonly #startedAt = performance.now();
  #lineAt = performance.now();
  #start: Counts = { imported: 0, failed: 0 };

  /** @param size of the file in bytes. Undefined if it is not known */
  constructor(
    private readonly size: number | undefined,
    private readonly verb: string,
  ) {
    if (!process.stderr.isTTY || size === undefined) return;
    const format = `{bar} {percentage} % | {imported} ${verb}, {failed} failed | {rate}/s | {eta_formatted} left`;
    this.#bar = new SingleBar({ format, stream: process.stderr, hideCursor: true }, Presets.shades_classic);
  }

  /** @param counts of an interrupted import that is continued */
  start(counts: Counts): void {
    this.#start = counts;
    this.#bar?.start(this.size!, 0, this.#describe(counts));
  }

  /** @param bytes of the file that are done */
  update(counts: Counts, bytes: number): void {
    this.#bar?.update(bytes, this.#describe(counts));
    if (this.#bar || performance.now() < this.#lineAt + LINE_INTERVAL_MS) return;
    this.#lineAt = performance.now();
    const { imported, failed, rate } = this.#describe(counts);
    const share = this.size ? ` (${Math.floor((100 * bytes) / this.size)} % of the file)` : "";
    process.stderr.write(`${imported} ${this.verb}, ${failed} failed, ${rate}/s${share}\n`);
  }

  stop(): void {
    this.#bar?.stop();
  }

  #describe({ imported, failed }: Counts) {
    const count = imported + failed - this.#start.imported - this.#start.failed;
    const rate = Math.round((1_000 * count) / Math.max(performance.now() - this.#startedAt, 1));
    return { imported: formatCount(imported), failed: formatCount(failed), rate: formatCount(rate) };
  }
}

export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}
