import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";
import { isTooDeep, MAX_LEVELS, MemoryBudget, type Reservation } from "../kratos/index.js";
import { HttpError } from "./http-error.js";

/** Default limit of a request body, in bytes. */
export const DEFAULT_MAX_BODY_BYTES = 1_000_000;

/** A body that takes less memory, as almost all do, is never refused because of the others. */
const SMALL_BYTES = 50_000;

/** Memory of a parsed value besides the text of the body: a list of empty objects takes twenty times the memory of its JSON. */
const BYTES_PER_VALUE = 64;

/** The memory of request bodies, from their first byte until their response is written. */
export function createBodyBudget(): MemoryBudget {
  return new MemoryBudget(SMALL_BYTES);
}

/**
 * Reads a request's JSON body. Resolves to undefined if it has none, and rejects with an {@link HttpError} if it is refused.
 * @param memory counts the body
 */
export type BodyReader = (request: IncomingMessage, memory: Reservation) => Promise<unknown>;

/** @param maxBytes maximum size, both as sent and after decompression */
export function createBodyReader(maxBytes: number): BodyReader {
  const decompress = createDecompress(maxBytes);
  return async (request, memory) => {
    const body = request.readableEnded ? getParsedBody(request) : await readJson(request);
    if (isTooDeep(body)) throw badRequest(400, `The request body nests lists and objects too deeply. At most ${MAX_LEVELS} levels are allowed.`);
    if (!memory.grow(BYTES_PER_VALUE * countValues(body))) throw overloaded();
    return body;

    async function readJson({ headers }: IncomingMessage): Promise<unknown> {
      const [type = "", ...parameters] = (headers["content-type"] ?? "").toLowerCase().split(";");
      if (!hasBody(request) || type.trim() !== "application/json") return undefined;
      const encoding = headers["content-encoding"]?.toLowerCase() || "identity";
      if (!parameters.every(isUtf8) || (encoding !== "identity" && !DECODERS.has(encoding))) {
        throw badRequest(415, "The request body must be JSON in UTF-8, either uncompressed or compressed with gzip, deflate or br.");
      }
      const sent = await readBytes(request, maxBytes, memory);
      if (sent.length === 0) return undefined;
      return parseJson(encoding === "identity" ? sent : await decompress(encoding, sent, memory));
    }
  };
}

/** A body parser in front of the facade, e.g. that of Express, has already read the request. */
function getParsedBody(request: IncomingMessage & { body?: unknown }): unknown {
  if (request.body === undefined && hasBody(request)) {
    const message = "The web framework of this server read the request body before the GraphQL handler could, and did not pass it on as request.body. Configure it to leave the body unread (see docs/library.md).";
    throw new HttpError(500, "INTERNAL_SERVER_ERROR", message);
  }
  return request.body;
}

/** Whether a request has a body, by its headers. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return Number(headers["content-length"] ?? 0) > 0 || headers["transfer-encoding"] !== undefined;
}

const DECODERS = new Map([
  ["gzip", promisify(gunzip)],
  ["deflate", promisify(inflate)],
  ["br", promisify(brotliDecompress)],
]);

type Decompress = (encoding: string, bytes: Buffer, memory: Reservation) => Promise<Buffer>;

/** Bodies are decompressed one at a time: a decoder of brotli takes up to 16 MB, however small its input is. */
function createDecompress(maxBytes: number): Decompress {
  let previous: Promise<unknown> = Promise.resolve();
  return async (encoding, bytes, memory) => {
    const current = previous.then(() => DECODERS.get(encoding)!(bytes, { maxOutputLength: maxBytes }));
    previous = current.then(
      () => undefined,
      () => undefined,
    );
    const decompressed = await current.catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ERR_BUFFER_TOO_LARGE") throw tooLarge(maxBytes);
      throw badRequest(400, `The request body cannot be decompressed: it is not valid ${encoding}.`);
    });
    if (!memory.grow(decompressed.length)) throw overloaded();
    return decompressed;
  };
}

const utf8 = new TextDecoder();

/** Size of the first buffer for a body. */
const BUFFER_BYTES = 4_096;

/** Reads a body to its end, even one that is refused: a client that is still sending does not read the response. */
function readBytes(request: IncomingMessage, maxBytes: number, memory: Reservation): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      if (!request.readableEnded) refuse(badRequest(400, "The connection was closed before the request body was complete."));
    };
    // Copied into one buffer: a body of many chunks of one byte would take a hundred times its size.
    let bytes = Buffer.alloc(0);
    let length = 0;
    let isRefused = false;
    const refuse = (error: HttpError) => {
      isRefused = true;
      bytes = Buffer.alloc(0);
      reject(error);
    };
    const append = (chunk: Buffer) => {
      const needed = length + chunk.length;
      if (needed > maxBytes) return refuse(tooLarge(maxBytes));
      if (needed > bytes.length) {
        const larger = Buffer.allocUnsafe(Math.max(needed, Math.min(2 * bytes.length, maxBytes), BUFFER_BYTES));
        if (!memory.grow(larger.length - bytes.length)) return refuse(overloaded());
        bytes.copy(larger, 0, 0, length);
        bytes = larger;
      }
      chunk.copy(bytes, length);
      length = needed;
    };
    // The client may have left while its token was verified; then there are no more events.
    if (request.destroyed) return abort();
    if (Number(request.headers["content-length"]) > maxBytes) refuse(tooLarge(maxBytes));
    request
      .on("data", (chunk: Buffer) => {
        if (!isRefused) append(chunk);
      })
      .once("end", () => resolve(bytes.subarray(0, length)))
      .once("close", abort);
  });
}

function parseJson(bytes: Buffer): object {
  let body: unknown;
  try {
    body = JSON.parse(utf8.decode(bytes));
  } catch {
    body = undefined;
  }
  if (typeof body === "object" && body !== null) return body;
  throw badRequest(400, 'The request body is not valid JSON. Expected an object, e.g. {"query": "{ version }"}.');
}

/** Whether a parameter of the content type is not a charset, or is that of JSON. */
function isUtf8(parameter: string): boolean {
  const [name = "", value = ""] = parameter.split("=");
  return name.trim() !== "charset" || UTF8_NAMES.has(value.trim());
}

const UTF8_NAMES = new Set(["", "utf8", "utf-8", '"utf8"', '"utf-8"']);

function countValues(value: unknown): number {
  if (typeof value !== "object" || value === null) return 1;
  return Object.values(value).reduce<number>((count, child) => count + countValues(child), 1);
}

function overloaded(): HttpError {
  const message = "There is not enough memory for the request body alongside those of other requests. Try again later, or send less data.";
  return new HttpError(503, "OVERLOADED", message, { "retry-after": "1" });
}

function tooLarge(maxBytes: number): HttpError {
  return badRequest(413, `The request body is too large. At most ${maxBytes} bytes are allowed.`);
}

function badRequest(status: 400 | 413 | 415, message: string): HttpError {
  return new HttpError(status, "BAD_REQUEST", message);
}
