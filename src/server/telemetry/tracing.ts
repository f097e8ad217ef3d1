import {
  defaultTextMapGetter,
  defaultTextMapSetter,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
  type Tracer,
  type TracerProvider,
} from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import type { IncomingMessage } from "node:http";
import type { OperationRecord } from "./telemetry.js";

const propagator = new W3CTraceContextPropagator();

/** Makes OpenTelemetry's spans of requests. They go along by hand: nothing is patched, and no context is kept for async calls. */
export class Tracing {
  readonly #tracer: Tracer;

  constructor(provider: TracerProvider) {
    this.#tracer = provider.getTracer("kratos-graphql");
  }

  /** The request's `traceparent` says which trace it belongs to; a new one where there is none. */
  startRequest({ method = "", headers }: IncomingMessage): RequestTrace {
    return new RequestTrace(this.#tracer, method, propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter));
  }
}

/** The spans of one request: its own, its operations', and those of the requests to Kratos. */
export class RequestTrace {
  readonly #request: Span;
  readonly #inRequest: Context;
  #inOperation?: Context;
  #operations = 0;

  constructor(
    private readonly tracer: Tracer,
    method: string,
    caller: Context,
  ) {
    const attributes = { "http.request.method": method, "http.route": "/graphql" };
    this.#request = tracer.startSpan(`${method} /graphql`, { kind: SpanKind.SERVER, attributes }, caller);
    this.#inRequest = trace.setSpan(caller, this.#request);
  }

  get id(): string {
    return this.#request.spanContext().traceId;
  }

  startOperation() {
    const span = this.tracer.startSpan("graphql", { kind: SpanKind.INTERNAL }, this.#inRequest);
    this.#operations++;
    this.#inOperation = trace.setSpan(this.#inRequest, span);
    return {
      end: ({ name, type, codes: [code] }: OperationRecord) => {
        if (type) span.updateName(type).setAttribute("graphql.operation.type", type);
        if (name) span.setAttribute("graphql.operation.name", name);
        endSpan(span, code);
      },
    };
  }

  startUpstream(operation: string) {
    // The operations of an array share the loaders, so what they ask of Kratos is nobody's alone.
    const parent = this.#operations === 1 ? this.#inOperation! : this.#inRequest;
    const span = this.tracer.startSpan(operation, { kind: SpanKind.CLIENT }, parent);
    const headers: Record<string, string> = {};
    propagator.inject(trace.setSpan(parent, span), headers, defaultTextMapSetter);
    return {
      /** What tells Kratos of the trace. */
      headers,
      end: (status: number | undefined, error: string | undefined) => {
        if (status !== undefined) span.setAttribute("http.response.status_code", status);
        endSpan(span, error);
      },
    };
  }

  end(status: number, error = status >= 500 ? String(status) : undefined): void {
    this.#request.setAttribute("http.response.status_code", status);
    endSpan(this.#request, error);
  }
}

function endSpan(span: Span, error: string | undefined): void {
  if (error !== undefined) span.setAttribute("error.type", error).setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}
