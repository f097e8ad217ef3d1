import { json, type Reply } from "./http/reply.js";
import type { KratosState } from "./kratos-state.js";

export const readHealth = (): Reply => json({ status: "ok" });
export const readVersion = ({ era }: KratosState): Reply => json({ version: era.version });

/** A few of the metric families of the real thing, with the numbers of this process. */
export function readMetrics({ era, identities }: KratosState): Reply {
  const families = [
    gauge("go_goroutines", "Number of goroutines that currently exist.", 42),
    gauge("go_memstats_heap_alloc_bytes", "Number of heap bytes allocated and still in use.", process.memoryUsage().heapUsed),
    gauge(
      "process_start_time_seconds",
      "Start time of the process since unix epoch in seconds.",
      Math.round(Date.now() / 1000 - process.uptime()),
    ),
    gauge("process_resident_memory_bytes", "Resident memory size in bytes.", process.memoryUsage().rss),
    gauge("embedded_kratos_identities", `Number of identities in the emulated Kratos ${era.version}.`, identities.size),
  ];
  return { status: 200, headers: { "content-type": era.metricsContentType }, body: families.join("") };
}

const gauge = (name: string, help: string, value: number): string => `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${name} ${value}\n`;
