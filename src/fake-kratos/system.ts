import type { Identities } from "./identities.js";
import type { Routes } from "./server.js";

/** Both ports have health checks. */
export const healthRoutes: Routes = {
  "GET /health/alive": () => ({ json: { status: "ok" } }),
  "GET /health/ready": () => ({ json: { status: "ok" } }),
};

/** The version, and a few of Kratos' metrics with the values of this process. */
export function systemRoutes(version: string, identities: Identities): Routes {
  const gauges: [name: string, help: string, value: () => number][] = [
    ["go_goroutines", "Number of goroutines that currently exist.", () => 42],
    ["go_memstats_heap_alloc_bytes", "Number of heap bytes allocated and still in use.", () => process.memoryUsage().heapUsed],
    ["process_start_time_seconds", "Start time of the process since unix epoch in seconds.", () => Math.round(performance.timeOrigin / 1000)],
    ["process_resident_memory_bytes", "Resident memory size in bytes.", () => process.memoryUsage().rss],
    ["fake_kratos_identities", `Number of identities in the fake Kratos ${version}.`, () => identities.size],
  ];
  return {
    "GET /version": () => ({ json: { version } }),
    "GET /metrics/prometheus": () => ({
      headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" },
      text: gauges.map(([name, help, value]) => `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${name} ${value()}\n`).join(""),
    }),
  };
}
