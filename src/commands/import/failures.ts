import { open, type FileHandle } from "node:fs/promises";

/** The file of failures: a line for each identity that was not imported, which can be corrected and imported. */
export class FailureFile {
  #file?: FileHandle;
  #bytes = 0;

  /** @param path the file is created with the first failure, and only for its owner: it can contain passwords */
  constructor(readonly path: string) {}

  get bytes(): number {
    return this.#bytes;
  }

  /** Continues the file of an interrupted import. Anything beyond that size is written again. */
  async resume(bytes: number): Promise<void> {
    this.#bytes = bytes;
    const file = await open(this.path, "r+").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" && bytes === 0) return undefined;
      throw error;
    });
    await file?.truncate(bytes);
    this.#file = file;
  }

  async append(lines: readonly string[]): Promise<void> {
    if (lines.length === 0) return;
    this.#file ??= await open(this.path, "wx", 0o600);
    const data = Buffer.from(lines.map((line) => `${line}\n`).join(""));
    await this.#file.write(data, 0, data.length, this.#bytes);
    this.#bytes += data.length;
  }

  async close(): Promise<void> {
    await this.#file?.close();
  }
}
