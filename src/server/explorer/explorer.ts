import type { IncomingMessage, ServerResponse } from "node:http";
import { renderGraphiql, serveGraphiqlFile } from "./graphiql.js";
import { sendPage } from "./page.js";
import { createSamples, type SampleOptions } from "./samples.js";
import { renderSandbox } from "./sandbox.js";

/** Serves Apollo Sandbox at /graphql, and GraphiQL, which needs nothing from other servers, at /explorer/. */
export function serveExplorer(request: IncomingMessage, response: ServerResponse, path: string, samples: SampleOptions): void {
  switch (path) {
    case "/graphql":
      return sendPage(response, renderSandbox(createSamples(samples)));
    case "/explorer":
      return void response.writeHead(302, { location: "explorer/" }).end();
    case "/explorer/":
      return sendPage(response, renderGraphiql(createSamples(samples)));
  }
  request.url = path.slice("/explorer".length);
  serveGraphiqlFile(request, response, () => {
    response.writeHead(404).end();
  });
}
