import type { TracerProvider } from "@opentelemetry/api";
import type { IncomingMessage } from "node:http";
import type { Registry } from "prom-client";
import type { FacadeContext } from "../../graphql/context.js";
import { getErrorCode } from "../../graphql/errors.js";
import type { BatchListener } from "../../graphql/loaders.js";
import type { Interceptor, Kratos } from "../../kratos/index.js";
import type { HttpError } from "../http-error.js";
import type { Logger } from "../logger.js";
import type { Metrics, MetricSources, OperationRecord } from "./metrics.js";
import type { RequestTrace, Tracing } from "./tracing.js";

/** Where requests are reported. */
export interface Telemetry {
  readonly logger: Logger;
  /** Undefined if there is no registry. */
  readonly metrics?: Metrics;
  /** Undefined if there is no tracer provider. */
  readonly tracing?: Tracing;
}

export interface TelemetryOptions extends MetricSources {
  readonly logger: Logger;
  readonly metrics?: Registry;
  readonly tracerProvider?: TracerProvider;
}

/** Lazy: the modules of metrics and traces are loaded only if they are used. */
export async function createTelemetry({ logger, metrics, tracerProvider, ...sources }: TelemetryOptions): Promise<Telemetry> {
  return {
    logger,
    metrics: metrics && new (await import("./metrics.js")).Metrics(metrics, sources),
    tracing: tracerProvider && new (await import("./tracing.js")).Tracing(tracerProvider),
  };
}

/** What identifies a request in all of its log lines. */
export interface RequestFields {
  readonly requestId: string;
  /** IP address of the client. */
  readonly client: string | undefined;
  /** If traces are on. */
  traceId?: string;
  /** Name of the caller, once it is known. */
  caller?: string;
}

/** The context of an operation whose telemetry is collected. */
export interface ObservedContext extends FacadeContext {
  readonly telemetry: RequestTelemetry;
  /** Whether the request may change something, see csrf.ts. */
  readonly mayMutate: boolean;
}

/**
 * Collects the telemetry of one HTTP request to /graphql. It contains names, numbers and codes, and never a value that comes
 * from the caller or from Kratos.
 */
export class RequestTelemetry {
  /** Number of characters of the results of its operations so far. */
  responseCharacters = 0;
  readonly #operations: OperationRecord[] = [];
  readonly #startedAt = performance.now();
  readonly #trace?: RequestTrace;
  #upstreamCalls = 0;

  constructor(
    private readonly telemetry: Telemetry,
    private readonly fields: RequestFields,
    request: IncomingMessage,
  ) {
    this.#trace = telemetry.tracing?.startRequest(request);
    if (this.#trace) fields.traceId = this.#trace.id;
  }

  /** A log whose lines identify this request. Created when it is used: most requests write a single line. */
  get logger(): Logger {
    return this.telemetry.logger.child(this.fields);
  }

  /** Counts the keys of each batch that a data loader requests. Undefined without metrics. */
  get onBatch(): BatchListener | undefined {
    return this.telemetry.metrics?.onBatch;
  }

  /** Returns a Kratos client whose requests belong to this request: they are counted, carry its ID, and take turns with those of other callers. */
  observe(kratos: Kratos): Kratos {
    const headers = { "x-request-id": this.fields.requestId };
    const interceptor: Interceptor = (operation) => {
      this.#upstreamCalls++;
      return startUpstreamCall(operation, headers, this.telemetry.metrics, this.#trace);
    };
    // Until the caller is known, those of one address take turns with those of other addresses.
    const name = this.fields.caller ?? `client:${this.fields.client}`;
    return kratos.withInterceptor(interceptor, { name, group: /^(client|session):/.test(name) ? "users" : name });
  }

  /** Whether an operation has been completed. */
  get hasOperations(): boolean {
    return this.#operations.length > 0;
  }

  /** @returns a function to call when the operation is completed */
  onOperationStart(): (operation: Omit<OperationRecord, "durationMs">) => void {
    const startedAt = performance.now();
    const span = this.#trace?.startOperation();
    return (operation) => {
      const record = { ...operation, durationMs: performance.now() - startedAt };
      this.#operations.push(record);
      // Anyone can sign up, so all users share their part of the labels.
      this.telemetry.metrics?.onOperation(record, this.fields.caller?.replace(/^session:.*/, "session") ?? "");
      span?.end(record);
    };
  }

  /** Writes the request log: one line, or one for each operation of a batch. */
  onResponse(status: number): void {
    this.#trace?.end(status);
    const { logger } = this.telemetry;
    if (!logger.isLevelEnabled("info")) return;
    const upstreamCalls = this.#upstreamCalls;
    const durationMs = Math.round((performance.now() - this.#startedAt) * 100) / 100;
    for (const operation of this.#operations) {
      const codes = operation.codes.length > 0 ? operation.codes : undefined;
      const outcome = codes ? "errors" : "ok";
      const { name: operationName, type: operationType } = operation;
      logger.info({ ...this.fields, operationName, operationType, durationMs, upstreamCalls, outcome, codes, status }, "request");
    }
  }

  /** Called instead of `onResponse` if the request fails before it reaches GraphQL. The router writes the log in this case. */
  onError({ status, code, reason }: Pick<HttpError, "status" | "code" | "reason">): void {
    this.telemetry.metrics?.onRefusal(code, reason);
    this.#trace?.end(status, code);
  }
}

/** Returns a Kratos client whose requests are counted in the metrics but belong to no trace, for health checks. */
export function withMetrics(kratos: Kratos, { metrics }: Telemetry): Kratos {
  return metrics ? kratos.withInterceptor((operation) => startUpstreamCall(operation, {}, metrics)) : kratos;
}

type Headers = Readonly<Record<string, string>>;

/** Measures one request to Kratos, and gives it a span. */
function startUpstreamCall(operation: string, headers: Headers, metrics?: Metrics, trace?: RequestTrace): ReturnType<Interceptor> {
  if (!metrics && !trace) return { headers };
  const startedAt = performance.now();
  const span = trace?.startUpstream(operation);
  return {
    headers: span ? { ...headers, ...span.headers } : headers,
    onEnd: (status, error) => {
      const code = status === undefined ? getErrorCode(error) : status < 400 ? undefined : String(status);
      metrics?.onUpstream(operation, performance.now() - startedAt, code);
      span?.end(status, code);
    },
  };
}
