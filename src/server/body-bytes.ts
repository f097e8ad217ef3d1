import type { IncomingMessage } from "node:http";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";

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
