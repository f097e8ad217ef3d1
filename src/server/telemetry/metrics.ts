import type { RequestListener } from "node:http";
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { BatchListener } from "../../graphql/loaders.js";
import type { Kratos } from "../../kratos/index.js";
import { type ApiKey, isExpired } from "../auth/api-key.js";
import { BUILD } from "../build.js";
import type { ServedGraph, TypedTraitsOptions } from "../graph.js";
import type { TokenProblem } from "../http-error.js";
import type { RateLimit } from "../limits/rate-limit.js";

/** What is reported about an executed operation. */
export interface OperationRecord {
  /** Its name in the document, truncated if it is long; undefined if it is anonymous. */
  readonly name?: string;
  /** `query` or `mutation`; undefined if the document could not be parsed. */
  readonly type?: string;
  /** Whether the document is valid. */
  readonly valid: boolean;
  /** The codes of its errors, without duplicates. */
  readonly codes: readonly string[];
  readonly durationMs: number;
}

/** Maximum number of operation names that become labels. Each adds some twenty time series, for as long as the process runs. */
const MAX_NAMES = 200;
/** Maximum for one caller, so that a client that makes up names leaves room for those of others. */
const MAX_NAMES_PER_CALLER = 100;

/** Bounds the number of operation names that become labels: callers choose them freely. The first ones get labels, all others are `other`. */
class OperationLabels {
  readonly #names = new Set<string>();
  readonly #counts = new Map<string, number>();

  /** @param valid whether the operation is valid. The names of others get no label: a caller could make up any number for free */
  getLabel(name: string | undefined, caller: string, valid: boolean): string {
    if (name === undefined) return "anonymous";
    if (this.#names.has(name)) return name;
    const count = this.#counts.get(caller) ?? 0;
    if (!valid || this.#names.size >= MAX_NAMES || count >= MAX_NAMES_PER_CALLER) return "other";
    this.#counts.set(caller, count + 1);
    this.#names.add(name);
    return name;
  }
}

/** Histogram buckets of durations, in seconds. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What gauges are read from. */
export interface MetricSources {
  readonly kratos: Kratos;
  /** Returns the keys that are accepted now. */
  readonly apiKeys: () => readonly ApiKey[];
  /** Whether Kratos was ready when it was last checked. */
  readonly isKratosReady: () => boolean;
  readonly rateLimit?: RateLimit;
  /** Returns the graph that is served. */
  readonly graph: () => Pick<ServedGraph, "hash" | "isCurrent" | "problemReason">;
  readonly traits?: TypedTraitsOptions;
}

/** The Prometheus metrics. Labels are names from closed or bounded sets, and never values, IDs or links. */
export class Metrics {
  readonly #labels = new OperationLabels();
  readonly #operations;
  readonly #failedOperations;
  readonly #operationErrors;
  readonly #upstream;
  readonly #upstreamErrors;
  readonly #refusals;
  readonly #batches;

  constructor(registry: Registry, { kratos, apiKeys, isKratosReady, rateLimit, graph, traits }: MetricSources) {
    const registers = [registry];
    const addGauge = (name: string, help: string, read: () => number) => {
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(read());
        },
      });
    };
    const { version, revision = "" } = BUILD;
    new Gauge({
      name: "kratos_graphql_build_info",
      help: "Always 1. The labels are the version of this server, the commit that it was built from, and the version of Node.js.",
      labelNames: ["version", "revision", "node"],
      registers,
    }).set({ version, revision, node: process.version }, 1);
    new Gauge({
      name: "kratos_graphql_schema_info",
      help: "Always 1. The label is the hash of the SDL that is served.",
      labelNames: ["hash"],
      registers,
      collect() {
        this.reset();
        const { hash } = graph();
        if (hash !== undefined) this.set({ hash }, 1);
      },
    });
    if (traits) {
      addGauge("kratos_graphql_traits_current", "1 if the schema has the types of the current identity schemas, 0 if they cannot be loaded or used.", () => Number(graph().isCurrent));
      new Gauge({
        name: "kratos_graphql_traits_problem",
        help: "1 if the current identity schemas are not served. The label is the reason: kratos, schemas or hash.",
        labelNames: ["reason"],
        registers,
        collect() {
          this.reset();
          const { problemReason: reason } = graph();
          if (reason !== undefined) this.set({ reason }, 1);
        },
      });
    }
    addGauge("kratos_graphql_kratos_ready", "1 if Kratos was ready when it was last checked, 0 otherwise.", () => Number(isKratosReady()));
    addGauge("kratos_graphql_upstream_running", "Running requests to Kratos.", () => kratos.load.running);
    addGauge("kratos_graphql_upstream_queued", "Requests to Kratos that are waiting for a free slot.", () => kratos.load.queued);
    addGauge("kratos_graphql_api_key_next_expiry_timestamp_seconds", "Unix time at which the next API key expires, +Inf if none does.", () => {
      const times = apiKeys().flatMap((key) => (key.expires && !isExpired(key) ? [key.expires.getTime() / 1000] : []));
      return Math.min(...times);
    });
    if (rateLimit?.isRedisUp !== undefined) {
      addGauge("kratos_graphql_redis_up", "1 if requests are counted in Redis, 0 if they are counted in memory because Redis is unavailable.", () => Number(rateLimit.isRedisUp));
    }
    this.#operations = new Histogram({
      name: "kratos_graphql_operation_duration_seconds",
      help: "Duration of GraphQL operations by name. The first 200 names have labels, all others are `other`.",
      labelNames: ["operation", "type"],
      buckets: SECONDS,
      registers,
    });
    this.#failedOperations = new Counter({
      name: "kratos_graphql_failed_operations_total",
      help: "GraphQL operations with at least one error.",
      labelNames: ["operation"],
      registers,
    });
    this.#operationErrors = new Counter({
      name: "kratos_graphql_operation_errors_total",
      help: "GraphQL operations with errors, by error code.",
      labelNames: ["operation", "code"],
      registers,
    });
    this.#upstream = new Histogram({
      name: "kratos_graphql_upstream_duration_seconds",
      help: "Duration of requests to Kratos, including queueing and retries, by operation ID of Kratos' API.",
      labelNames: ["operation"],
      buckets: SECONDS,
      registers,
    });
    this.#upstreamErrors = new Counter({
      name: "kratos_graphql_upstream_errors_total",
      help: "Failed requests to Kratos, by status if it is 400 or more, or by error code if there was no response.",
      labelNames: ["operation", "code"],
      registers,
    });
    this.#refusals = new Counter({
      name: "kratos_graphql_refusals_total",
      help: "Requests refused before they reached GraphQL, e.g. because of an invalid token or a rate limit, by error code, and by what is wrong with the token.",
      labelNames: ["code", "reason"],
      registers,
    });
    this.#batches = new Histogram({
      name: "kratos_graphql_loader_batch_size",
      help: "Keys in one batch of a data loader.",
      labelNames: ["loader"],
      buckets: [1, 2, 5, 10, 25, 50, 100, 200, 500, 1000],
      registers,
    });
  }

  onOperation({ name, type = "unknown", valid, codes, durationMs }: OperationRecord, caller: string): void {
    const operation = this.#labels.getLabel(name, caller, valid);
    this.#operations.observe({ operation, type }, durationMs / 1000);
    // By 0 if there are none, so that a share of errors is 0 before the first one.
    this.#failedOperations.inc({ operation }, codes.length > 0 ? 1 : 0);
    for (const code of codes) this.#operationErrors.inc({ operation, code });
  }

  /** @param code status or error code; undefined if the request succeeded */
  onUpstream(operation: string, durationMs: number, code: string | undefined): void {
    this.#upstream.observe({ operation }, durationMs / 1000);
    if (code !== undefined) this.#upstreamErrors.inc({ operation, code });
  }

  onRefusal(code: string, reason?: TokenProblem): void {
    this.#refusals.inc(reason ? { code, reason } : { code });
  }

  /** A property, as it is passed to the data loaders of each request. */
  readonly onBatch: BatchListener = (loader, size) => this.#batches.observe({ loader }, size);
}

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
