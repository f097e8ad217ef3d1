import type { IncomingMessage } from "node:http";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { HttpError } from "./http-error.js";

const DECOMPRESSIONS = new Map([["gzip", createGunzip], ["deflate", createInflate], ["br", createBrotliDecompress]]);

/** A body that will not do: too large (413), compressed in a way that is not known (415), or broken off (400). */
export class BodyError extends Error {
  override readonly name = "BodyError";

  constructor(readonly status: 400 | 413 | 415) {
    super(`The body was refused with ${status}.`);
  }
}

/**
 * A request's body, unzipped. One that is refused is read to its end, for a client that still sends does not read the answer,
 * but not kept.
 * @param most largest body in bytes, after it is unzipped
 * @throws {BodyError}
 */
export function readBytes(request: IncomingMessage, most: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const encoding = request.headers["content-encoding"]?.toLowerCase() || "identity";
    const decompression = DECOMPRESSIONS.get(encoding)?.();
    const body = decompression ?? request;
    const chunks: Buffer[] = [];
    let length = 0;

    function take(chunk: Buffer): void {
      length += chunk.length;
      if (length > most) refuse(413);
      else chunks.push(chunk);
    }
    function finish(): void {
      resolve(Buffer.concat(chunks));
    }
    function refuse(status: 400 | 413 | 415): void {
      body.off("data", take).off("end", finish);
      chunks.length = 0;
      request.unpipe().resume();
      decompression?.destroy();
      reject(new BodyError(status));
    }

    // The client may have left while its token was looked at.
    if (request.destroyed) return refuse(400);
    if (encoding !== "identity" && !decompression) return refuse(415);
    if (!decompression && Number(request.headers["content-length"]) > most) return refuse(413);
    request.once("close", () => {
      if (!request.readableEnded) refuse(400);
    });
    if (decompression) request.pipe(decompression).once("error", () => refuse(400));
    body.on("data", take).once("end", finish);
  });
}

/** Largest body, where nothing else is set. */
export const DEFAULT_MAX_BODY_BYTES = 1_000_000;

/** Lists and objects within each other in a body. JSON of more cannot always be written again, as it must be for Kratos. */
const MAX_LEVELS = 200;

const utf8 = new TextDecoder();

/** Reads a request's body, undefined where it has none that says it is JSON; throws a {@link HttpError} where it will not do. */
export type BodyReader = (request: IncomingMessage) => Promise<unknown>;

/** @param maxBodyBytes largest body, after it is unzipped */
export function createBodyReader(maxBodyBytes: number): BodyReader {
  async function read(request: IncomingMessage): Promise<unknown> {
    const hasBody = request.headers["content-length"] !== undefined || request.headers["transfer-encoding"] !== undefined;
    const [type = "", ...parameters] = (request.headers["content-type"] ?? "").toLowerCase().split(";");
    if (!hasBody || type.trim() !== "application/json") return undefined;
    try {
      if (!parameters.every(isUtf8)) throw new BodyError(415);
      const bytes = await readBytes(request, maxBodyBytes);
      if (bytes.length === 0) return undefined;
      const body: unknown = JSON.parse(utf8.decode(bytes));
      if (typeof body !== "object" || body === null) throw new SyntaxError("A body is an object or an array.");
      return body;
    } catch (error) {
      throw refusalOf(error, maxBodyBytes);
    }
  }

  return async (request) => {
    // A parser before this one, as Express' own, leaves what it has read.
    const body = request.readableEnded ? (request as IncomingMessage & { body?: unknown }).body : await read(request);
    if (!isDeeper(body, MAX_LEVELS)) return body;
    throw new HttpError(400, "BAD_REQUEST", `The request body has more than ${MAX_LEVELS} lists and objects within each other.`);
  };
}

/** Whether a parameter of the content type, if it is the charset, is the one that JSON has. */
function isUtf8(parameter: string): boolean {
  const [name, value = ""] = parameter.split("=");
  return name?.trim() !== "charset" || /^\s*("?utf-?8"?)?\s*$/.test(value);
}

function refusalOf(error: unknown, maxBodyBytes: number): HttpError {
  if (!(error instanceof BodyError)) {
    return new HttpError(400, "BAD_REQUEST", 'The request body is not JSON. Expected an object such as {"query": "{ version }"}.');
  }
  const message =
    error.status === 413
      ? `The request body is larger than the ${maxBodyBytes} bytes that are allowed.`
      : "The request body cannot be read: expected JSON in UTF-8, plain or compressed with gzip, deflate or br.";
  return new HttpError(error.status, "BAD_REQUEST", message);
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((part) => isDeeper(part, levels - 1));
}
