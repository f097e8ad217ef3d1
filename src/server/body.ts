import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";
import { isTooDeep, MAX_LEVELS } from "../kratos/index.js";
import { HttpError } from "./http-error.js";

/** Default limit of a request body, in bytes. */
export const DEFAULT_MAX_BODY_BYTES = 1_000_000;

/** Reads a request's JSON body. Resolves to undefined if it has none, and rejects with an {@link HttpError} if it is refused. */
export type BodyReader = (request: IncomingMessage) => Promise<unknown>;

/** @param maxBytes maximum size, both as sent and after decompression */
export function createBodyReader(maxBytes: number): BodyReader {
  return async (request) => {
    const body = request.readableEnded ? getParsedBody(request) : await readJson(request, maxBytes);
    if (!isTooDeep(body)) return body;
    throw badRequest(400, `The request body nests lists and objects too deeply. At most ${MAX_LEVELS} levels are allowed.`);
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

function hasBody({ headers }: IncomingMessage): boolean {
  return Number(headers["content-length"] ?? 0) > 0 || headers["transfer-encoding"] !== undefined;
}

const DECODERS = new Map([
  ["gzip", promisify(gunzip)],
  ["deflate", promisify(inflate)],
  ["br", promisify(brotliDecompress)],
]);

const utf8 = new TextDecoder();

async function readJson(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  const { headers } = request;
  const [type = "", ...parameters] = (headers["content-type"] ?? "").toLowerCase().split(";");
  if (!hasBody(request) || type.trim() !== "application/json") return undefined;
  const encoding = headers["content-encoding"]?.toLowerCase() || "identity";
  const decode = DECODERS.get(encoding);
  if (!parameters.every(isUtf8) || (encoding !== "identity" && !decode)) {
    throw badRequest(415, "The request body must be JSON in UTF-8, either uncompressed or compressed with gzip, deflate or br.");
  }
  let bytes = await readBytes(request, maxBytes);
  if (decode && bytes.length > 0) {
    bytes = await decode(bytes, { maxOutputLength: maxBytes }).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ERR_BUFFER_TOO_LARGE") throw tooLarge(maxBytes);
      throw badRequest(400, `The request body cannot be decompressed: it is not valid ${encoding}.`);
    });
  }
  return bytes.length === 0 ? undefined : parseJson(bytes);
}

/** Reads a body to its end, even one that is too large: a client that is still sending does not read the response. */
function readBytes(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      if (!request.readableEnded) reject(badRequest(400, "The connection was closed before the request body was complete."));
    };
    // The client may have left while its token was verified; then there are no more events.
    if (request.destroyed) return abort();
    if (Number(request.headers["content-length"]) > maxBytes) reject(tooLarge(maxBytes));
    const chunks: Buffer[] = [];
    let length = 0;
    request
      .on("data", (chunk: Buffer) => {
        length += chunk.length;
        if (length <= maxBytes) chunks.push(chunk);
        else {
          chunks.length = 0;
          reject(tooLarge(maxBytes));
        }
      })
      .once("end", () => resolve(Buffer.concat(chunks)))
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
  const [name, value = ""] = parameter.split("=");
  return name?.trim() !== "charset" || /^\s*("?utf-?8"?)?\s*$/.test(value);
}

function tooLarge(maxBytes: number): HttpError {
  return badRequest(413, `The request body is too large. At most ${maxBytes} bytes are allowed.`);
}

function badRequest(status: 400 | 413 | 415, message: string): HttpError {
  return new HttpError(status, "BAD_REQUEST", message);
}
