import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { LoaderName } from "../../graphql/loaders.js";
import type { Kratos } from "../../kratos/index.js";
import type { OperationRecord } from "./telemetry.js";

/** Names that become labels. Each costs some twenty time series, here and in Prometheus, for as long as the process runs. */
const MAX_NAMES = 200;
/** Those of them that one caller brings: a client that makes up names shall not take the others' places. */
const MAX_NAMES_OF_ONE = 100;

/** The names of operations as a bounded set of labels. Names are the callers': the first ones get labels, the rest is `other`. */
export class OperationNames {
  readonly #names = new Set<string>();
  readonly #callers = new Map<string, number>();

  /** @param valid whether the operation is a valid one; names of others cost a caller nothing and get no label */
  labelOf(name: string | undefined, caller: string, valid: boolean): string {
    if (name === undefined) return "anonymous";
    if (this.#names.has(name)) return name;
    const brought = this.#callers.get(caller) ?? 0;
    if (!valid || this.#names.size >= MAX_NAMES || brought >= MAX_NAMES_OF_ONE) return "other";
    this.#callers.set(caller, brought + 1);
    this.#names.add(name);
    return name;
  }
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Counts what goes on. Labels are names out of closed or bounded sets: no value, id or link is ever one. */
export class Metrics {
  readonly #names = new OperationNames();
  readonly #operations;
  readonly #operationErrors;
  readonly #upstream;
  readonly #upstreamErrors;
  readonly #refusals;
  readonly #batches;

  constructor(registry: Registry, kratos: Kratos) {
    const registers = [registry];
    new Gauge({
      name: "kratos_graphql_upstream_running",
      help: "Requests to Kratos that are under way.",
      registers,
      collect() {
        this.set(kratos.load.running);
      },
    });
    new Gauge({
      name: "kratos_graphql_upstream_queued",
      help: "Requests to Kratos that wait for another to end.",
      registers,
      collect() {
        this.set(kratos.load.queued);
      },
    });
    this.#operations = new Histogram({
      name: "kratos_graphql_operation_duration_seconds",
      help: "Time that GraphQL operations took, by name; those over the first 200 names are `other`.",
      labelNames: ["operation", "type"],
      buckets: SECONDS,
      registers,
    });
    this.#operationErrors = new Counter({
      name: "kratos_graphql_operation_errors_total",
      help: "GraphQL operations with an error of this code.",
      labelNames: ["operation", "code"],
      registers,
    });
    this.#upstream = new Histogram({
      name: "kratos_graphql_upstream_duration_seconds",
      help: "Time that requests to Kratos took, the wait for a connection and retries included, by Ory's names of operations.",
      labelNames: ["operation"],
      buckets: SECONDS,
      registers,
    });
    this.#upstreamErrors = new Counter({
      name: "kratos_graphql_upstream_errors_total",
      help: "Requests that Kratos answered with this status of 400 or more, or that got no answer, by the error's code.",
      labelNames: ["operation", "code"],
      registers,
    });
    this.#refusals = new Counter({
      name: "kratos_graphql_refusals_total",
      help: "Requests refused before GraphQL: without a good token, too many, too large.",
      labelNames: ["code"],
      registers,
    });
    this.#batches = new Histogram({
      name: "kratos_graphql_loader_batch_size",
      help: "Keys that a loader asked for at once.",
      labelNames: ["loader"],
      buckets: [1, 2, 5, 10, 25, 50, 100, 200, 500, 1000],
      registers,
    });
  }

  operation({ name, type = "unknown", valid, codes, durationMs }: OperationRecord, caller: string): void {
    const operation = this.#names.labelOf(name, caller, valid);
    this.#operations.observe({ operation, type }, durationMs / 1000);
    for (const code of codes) this.#operationErrors.inc({ operation, code });
  }

  /** @param error the status or the code; undefined where all was well */
  upstream(operation: string, durationMs: number, error: string | undefined): void {
    this.#upstream.observe({ operation }, durationMs / 1000);
    if (error !== undefined) this.#upstreamErrors.inc({ operation, code: error });
  }

  refusal(code: string): void {
    this.#refusals.inc({ code });
  }

  batch(loader: LoaderName, size: number): void {
    this.#batches.observe({ loader }, size);
  }
}
