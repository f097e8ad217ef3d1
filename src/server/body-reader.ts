import bodyParser from "body-parser";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Refusal } from "./refusal.js";

/** Largest body, where nothing else is set. */
export const DEFAULT_MAX_BODY_BYTES = 1_000_000;

/** Lists and objects within each other in a body. JSON of more cannot always be written again, as it must be for Kratos. */
const MOST_LEVELS = 200;

/** Reads a request's body, undefined where it has none; throws a {@link Refusal} where it will not do. */
export type BodyReader = (request: IncomingMessage, response: ServerResponse) => Promise<unknown>;

/** @param maxBodyBytes largest body, after it is unzipped */
export function createBodyReader(maxBodyBytes: number): BodyReader {
  const parseJson = bodyParser.json({ limit: maxBodyBytes });
  return (request, response) =>
    new Promise<unknown>((resolve, reject) => {
      parseJson(request, response, (error?: unknown) => {
        if (error) return reject(refusalOf(error as { status?: number; type?: string }, maxBodyBytes));
        const { body } = request as IncomingMessage & { body?: unknown };
        if (!isDeeper(body, MOST_LEVELS)) return resolve(body);
        reject(new Refusal(400, "BAD_REQUEST", `The request body has more than ${MOST_LEVELS} lists and objects within each other.`));
      });
    });
}

function refusalOf({ status = 400, type }: { status?: number; type?: string }, maxBodyBytes: number): Refusal {
  const message =
    type === "entity.too.large"
      ? `The request body is larger than the ${maxBodyBytes} bytes that are allowed.`
      : type === "entity.parse.failed"
        ? 'The request body is not JSON. Expected an object such as {"query": "{ version }"}.'
        : "The request body cannot be read: expected JSON in UTF-8, plain or compressed with gzip, deflate or br.";
  return new Refusal(status, "BAD_REQUEST", message);
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((part) => isDeeper(part, levels - 1));
}
