import { diag, DiagLogLevel, propagation, type TracerProvider } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from "@opentelemetry/resources";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "../logger.js";

export type OtlpProtocol = "http/protobuf" | "http/json";

/** How long shutdown waits for the collector to accept the remaining spans. */
const FLUSH_TIMEOUT_MS = 2_000;

/** Exports spans to a collector. The exporter itself reads the endpoint and all other settings from the standard `OTEL_…` environment variables. */
export async function exportSpans(protocol: OtlpProtocol, logger: Logger): Promise<{ readonly tracerProvider: TracerProvider; stop(): Promise<void> }> {
  const warn = (reason: string) => logger.warn({ reason }, "OpenTelemetry reported a problem.");
  diag.setLogger({ error: warn, warn, info: () => {}, debug: () => {}, verbose: () => {} }, DiagLogLevel.WARN);
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const { OTLPTraceExporter } =
    protocol === "http/json" ? await import("@opentelemetry/exporter-trace-otlp-http") : await import("@opentelemetry/exporter-trace-otlp-proto");
  const tracerProvider = new BasicTracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ "service.name": "kratos-graphql" }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  const flush = () => tracerProvider.shutdown().catch(({ message }: Error) => warn(message));
  return { tracerProvider, stop: () => Promise.race([flush(), sleep(FLUSH_TIMEOUT_MS).then(() => warn("The collector did not accept the remaining spans in time."))]) };
}
