import { Writable } from "node:stream";
import pino from "pino";
import type { Logger } from "../../src/server/logger.js";

/** A log whose lines can be read. */
export function readableLog(level = "info"): { readonly logger: Logger; readonly lines: Record<string, any>[] } {
  const lines: Record<string, any>[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(chunk.toString()));
      done();
    },
  });
  return { logger: pino({ level, base: undefined }, stream), lines };
}
