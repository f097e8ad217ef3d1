import {
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
  type Tracer,
  type TracerProvider,
} from "@opentelemetry/api";
import type { IncomingMessage } from "node:http";
import type { OperationRecord } from "./metrics.js";

/** Creates OpenTelemetry spans. Their contexts are passed explicitly, so that no module is patched and no async context is tracked. */
export class Tracing {
  readonly #tracer: Tracer;

  constructor(provider: TracerProvider) {
    this.#tracer = provider.getTracer("kratos-graphql");
  }

  /** Continues the trace that the registered propagator finds in the request's headers, or starts a new one. */
  startRequest({ method = "", headers }: IncomingMessage): RequestTrace {
    return new RequestTrace(this.#tracer, method, propagation.extract(ROOT_CONTEXT, headers));
  }
}

/** The spans of one request: that of the request itself, and those of its operations and of its requests to Kratos. */
export class RequestTrace {
  readonly #requestSpan: Span;
  readonly #requestContext: Context;
  #operationContext?: Context;
  #operations = 0;

  constructor(
    private readonly tracer: Tracer,
    method: string,
    parent: Context,
  ) {
    const attributes = { "http.request.method": method, "http.route": "/graphql" };
    this.#requestSpan = tracer.startSpan(`${method} /graphql`, { kind: SpanKind.SERVER, attributes }, parent);
    this.#requestContext = trace.setSpan(parent, this.#requestSpan);
  }

  get id(): string {
    return this.#requestSpan.spanContext().traceId;
  }

  startOperation() {
    const span = this.tracer.startSpan("graphql", { kind: SpanKind.INTERNAL }, this.#requestContext);
    this.#operations++;
    this.#operationContext = trace.setSpan(this.#requestContext, span);
    return {
      end: ({ name, type, codes: [code] }: OperationRecord) => {
        if (type) span.updateName(type).setAttribute("graphql.operation.type", type);
        if (name) span.setAttribute("graphql.operation.name", name);
        endSpan(span, code);
      },
    };
  }

  startUpstream(operation: string) {
    // The operations of a batch share data loaders, so their requests to Kratos belong to the whole batch.
    const parent = this.#operations === 1 ? this.#operationContext! : this.#requestContext;
    const span = this.tracer.startSpan(operation, { kind: SpanKind.CLIENT }, parent);
    const headers: Record<string, string> = {};
    propagation.inject(trace.setSpan(parent, span), headers);
    return {
      /** Headers that propagate the trace to Kratos. */
      headers,
      end: (status: number | undefined, error: string | undefined) => {
        if (status !== undefined) span.setAttribute("http.response.status_code", status);
        endSpan(span, error);
      },
    };
  }

  end(status: number, error = status >= 500 ? String(status) : undefined): void {
    this.#requestSpan.setAttribute("http.response.status_code", status);
    endSpan(this.#requestSpan, error);
  }
}

function endSpan(span: Span, error: string | undefined): void {
  if (error !== undefined) span.setAttribute("error.type", error).setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}
