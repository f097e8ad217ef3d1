import type { RequestListener } from "node:http";
import { collectDefaultMetrics, Registry } from "prom-client";

/** Creates a registry with Node's process metrics, and a request handler that serves all of its metrics to Prometheus at /metrics. */
export function createProcessMetrics(): { readonly registry: Registry; readonly handle: RequestListener } {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    handle: ({ url = "/" }, response) => {
      if (url.split("?")[0] !== "/metrics") return void response.writeHead(404).end("Not found. Metrics are served at /metrics.\n");
      registry.metrics().then(
        (text) => response.writeHead(200, { "content-type": registry.contentType }).end(text),
        () => response.writeHead(500).end(),
      );
    },
  };
}
