import type { TracerProvider } from "@opentelemetry/api";
import type { IncomingMessage } from "node:http";
import type { Registry } from "prom-client";
import type { FacadeContext } from "../../graphql/context.js";
import { getErrorCode } from "../../graphql/errors.js";
import type { BatchListener } from "../../graphql/loaders.js";
import type { Interceptor, Kratos } from "../../kratos/index.js";
import type { Logger } from "../logger.js";
import type { Metrics } from "./metrics.js";
import type { RequestTrace, Tracing } from "./tracing.js";

/** One operation, as it is over. */
export interface OperationRecord {
  /** Its name in the document, cut where it is long; undefined where it has none. */
  readonly name?: string;
  /** `query` or `mutation`; undefined where the document could not be read. */
  readonly type?: string;
  /** Whether the document is a valid one of this graph. */
  readonly valid: boolean;
  /** The codes of its errors, each once. */
  readonly codes: readonly string[];
  readonly durationMs: number;
}

type Headers = Readonly<Record<string, string>>;

/** Observes one request to Kratos: measures it, and gives it a span. */
export function observeUpstream(operation: string, headers: Headers, metrics?: Metrics, trace?: RequestTrace): ReturnType<Interceptor> {
  if (!metrics && !trace) return { headers };
  const startedAt = performance.now();
  const span = trace?.startUpstream(operation);
  return {
    headers: { ...headers, ...span?.headers },
    onEnd: (status, error) => {
      const code = status === undefined ? getErrorCode(error) : status < 400 ? undefined : String(status);
      metrics?.upstream(operation, performance.now() - startedAt, code);
      span?.end(status, code);
    },
  };
}

/** Who hears of requests: the log always, the others where they are asked for. */
export interface Telemetry {
  readonly logger: Logger;
  readonly metrics?: Metrics;
  readonly tracing?: Tracing;
}

export interface ObservedContext extends FacadeContext {
  readonly telemetry: RequestTelemetry;
}

/** What is told of one request: names, numbers and codes, and nothing that a caller or Kratos gave as a value. */
export class RequestTelemetry {
  caller = "";
  readonly #operations: OperationRecord[] = [];
  readonly #startedAt = performance.now();
  readonly #trace?: RequestTrace;
  #upstreamCalls = 0;

  constructor(
    private readonly telemetry: Telemetry,
    private readonly requestId: string,
    request: IncomingMessage,
  ) {
    this.#trace = telemetry.tracing?.startRequest(request);
  }

  /** Hears how many keys a loader asks for at once; undefined where nobody wants to know. */
  get onBatch(): BatchListener | undefined {
    const { metrics } = this.telemetry;
    return metrics && ((loader, size) => metrics.batch(loader, size));
  }

  /** Kratos as this request asks it: each question is counted, and goes with the request's id. */
  kratosFrom(kratos: Kratos): Kratos {
    const headers = { "x-request-id": this.requestId };
    const { metrics } = this.telemetry;
    return kratos.withInterceptor((operation) => {
      this.#upstreamCalls++;
      return observeUpstream(operation, headers, metrics, this.#trace);
    });
  }

  /** @returns what is called when the operation is over */
  startOperation(): (operation: Omit<OperationRecord, "durationMs">) => void {
    const startedAt = performance.now();
    const span = this.#trace?.startOperation();
    return (operation) => {
      const record = { ...operation, durationMs: performance.now() - startedAt };
      this.#operations.push(record);
      this.telemetry.metrics?.operation(record, this.caller);
      span?.end(record);
    };
  }

  /** Writes the request's line to the log, one for each operation where it was an array of them. */
  answered(status: number): void {
    this.#trace?.end(status);
    const { logger } = this.telemetry;
    if (!logger.isLevelEnabled("info")) return;
    const { requestId, caller } = this;
    const upstreamCalls = this.#upstreamCalls;
    const durationMs = Math.round((performance.now() - this.#startedAt) * 100) / 100;
    const traceId = this.#trace?.id;
    const operations = this.#operations.length > 0 ? this.#operations : [undefined];
    for (const operation of operations) {
      const codes = operation?.codes.length ? operation.codes : undefined;
      const outcome = codes ? "errors" : status < 400 ? "ok" : "refused";
      const { name: operationName, type: operationType } = operation ?? {};
      logger.info({ requestId, traceId, caller, operationName, operationType, durationMs, upstreamCalls, outcome, codes, status }, "request");
    }
  }

  /** The request did not get as far as GraphQL; the log has it already. */
  refused(status: number, code: string): void {
    this.telemetry.metrics?.refusal(code);
    this.#trace?.end(status, code);
  }
}

export interface TelemetryOptions {
  readonly kratos: Kratos;
  readonly logger: Logger;
  readonly metrics?: Registry;
  readonly tracerProvider?: TracerProvider;
}

/** What is not asked for is not loaded. */
export async function createTelemetry({ kratos, logger, metrics, tracerProvider }: TelemetryOptions): Promise<Telemetry> {
  return {
    logger,
    metrics: metrics && new (await import("./metrics.js")).Metrics(metrics, kratos),
    tracing: tracerProvider && new (await import("./tracing.js")).Tracing(tracerProvider),
  };
}
