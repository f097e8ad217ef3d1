import type { ServerResponse } from "node:http";
import { HttpError, sendHttpError } from "../http-error.js";

const OFF = "Explorers are switched off here; EXPLORERS=true in the server's environment switches them on.";

/** Answers a browser that looks for an explorer where they are off. */
export function refuseExplorer(response: ServerResponse, path: string): void {
  if (path !== "/graphql") return sendHttpError(response, new HttpError(404, "NOT_FOUND", OFF));
  const message = `This is a GraphQL endpoint, and this request has no query: send a POST with JSON, as {"query": "{ version }"}. ${OFF}`;
  sendHttpError(response, new HttpError(400, "BAD_REQUEST", message));
}
