import type { ServerResponse } from "node:http";
import { sendJson } from "../send-json.js";

const OFF = "Explorers are switched off here; EXPLORERS=true in the server's environment switches them on.";

/** Answers a browser that looks for an explorer where they are off. */
export function refuseExplorer(response: ServerResponse, path: string): void {
  if (path !== "/graphql") return sendJson(response, 404, { errors: [{ message: OFF }] });
  const message = `This is a GraphQL endpoint, and this request has no query: send a POST with JSON, as {"query": "{ version }"}. ${OFF}`;
  sendJson(response, 400, { errors: [{ message, extensions: { code: "BAD_REQUEST" } }] });
}
