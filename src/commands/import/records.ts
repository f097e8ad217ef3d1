import type { Readable } from "node:stream";
import { pipeline } from "node:stream";
import { CsvError, parse } from "csv-parse";

/** One identity of a file, as it was read. */
export interface SourceRecord {
  /** Number of its line, from 1. */
  readonly line: number;
  /** Its content. If a file is read again, its records must have the same. */
  readonly text: string;
  /** Bytes of the file up to its end. */
  readonly end: number;
  /** Its cells, by the names of the columns, if the file is a CSV. */
  readonly cells?: ReadonlyMap<string, string>;
  /** Why it cannot be read. */
  readonly problem?: string;
}

/** The file as a whole cannot be read. */
export class SourceError extends Error {}

/** Larger than any identity in Kratos. */
const MAX_RECORD_BYTES = 1_000_000;

const NOT_UTF8 = "Expected text in UTF-8. Convert the file, e.g. with `iconv -f ISO-8859-1 -t UTF-8`.";
/** What takes the place of bytes that are not UTF-8. */
const REPLACEMENT = "\uFFFD";

/** Reads a file with a JSON object on each line. Does not use `readline`: it also ends a line at U+2028, which JSON can contain, and it has no limit. */
export async function* readNdjson(input: Readable): AsyncGenerator<SourceRecord> {
  let line = 0;
  let end = 0;
  for await (const { bytes, length } of splitLines(input)) {
    line++;
    end += length;
    if (length > MAX_RECORD_BYTES) {
      yield { line, end, text: `${length}`, problem: `Expected a line of at most ${MAX_RECORD_BYTES} bytes; received ${length}.` };
      continue;
    }
    const text = bytes.toString("utf8").replace(/^\uFEFF/, "").trim();
    if (text === "") continue;
    yield { line, end, text, ...(text.includes(REPLACEMENT) && { problem: NOT_UTF8 }) };
  }
}

/** Yields each line. Of one that is too long, only its length is kept. */
async function* splitLines(input: Readable): AsyncGenerator<{ readonly bytes: Buffer; readonly length: number }> {
  let parts: Buffer[] = [];
  let length = 0;
  const add = (part: Buffer) => {
    length += part.length;
    if (length <= MAX_RECORD_BYTES) parts.push(part);
    else parts = [];
  };
  for await (const chunk of input as AsyncIterable<Buffer>) {
    let start = 0;
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, start)) {
      add(chunk.subarray(start, at + 1));
      yield { bytes: Buffer.concat(parts), length };
      parts = [];
      length = 0;
      start = at + 1;
    }
    add(chunk.subarray(start));
  }
  if (length > 0) yield { bytes: Buffer.concat(parts), length };
}

/**
 * Reads a CSV file, whose first row names the columns.
 * @throws {SourceError} if the rest of the file cannot be split into rows, e.g. because of a quote that is never closed
 */
export async function* readCsv(input: Readable): AsyncGenerator<SourceRecord> {
  // `skip_empty_lines` would not count them.
  const parser = parse({ bom: true, info: true, relax_column_count: true, max_record_size: MAX_RECORD_BYTES });
  // An error of the input destroys the parser, and so ends the iteration.
  pipeline(input, parser, () => {});
  let columns: readonly string[] | undefined;
  let line = 1;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number; bytes: number } }>) {
      const row = { line, end: info.bytes, text: JSON.stringify(record) };
      line = info.lines + 1;
      if (record.length === 1 && record[0] === "") continue;
      if (!columns) columns = expectColumns(record);
      else yield { ...row, ...toCells(columns, record) };
    }
  } catch (error) {
    if (error instanceof CsvError) throw new SourceError(`expected rows of a CSV file after line ${line - 1}: ${error.message}`);
    throw error;
  }
}

function expectColumns(names: readonly string[]): readonly string[] {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new SourceError(`expected unique column names in the first row; two columns are named ${JSON.stringify(twice)}`);
  return names;
}

function toCells(columns: readonly string[], record: readonly string[]): Pick<SourceRecord, "cells" | "problem"> {
  if (record.length !== columns.length) return { problem: `Expected ${columns.length} cells, as in the first row; received ${record.length}.` };
  if (record.some((cell) => cell.includes(REPLACEMENT))) return { problem: NOT_UTF8 };
  return { cells: new Map(columns.map((name, index) => [name, record[index]!])) };
}
