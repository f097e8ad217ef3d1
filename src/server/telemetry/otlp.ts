import { diag, DiagLogLevel, type TracerProvider } from "@opentelemetry/api";
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from "@opentelemetry/resources";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "../logger.js";

export type OtlpProtocol = "http/protobuf" | "http/json";

/** How long the process waits at its end for a collector to take what there still is. */
const LAST_WORDS_MS = 2_000;

/** Sends spans to a collector. Where that is, and all else, the exporter reads from the standard `OTEL_…` variables by itself. */
export async function exportSpans(protocol: OtlpProtocol, logger: Logger): Promise<{ readonly tracerProvider: TracerProvider; stop(): Promise<void> }> {
  const say = (reason: string) => logger.warn({ reason }, "OpenTelemetry has a problem.");
  diag.setLogger({ error: say, warn: say, info: () => {}, debug: () => {}, verbose: () => {} }, DiagLogLevel.WARN);
  const { OTLPTraceExporter } =
    protocol === "http/json" ? await import("@opentelemetry/exporter-trace-otlp-http") : await import("@opentelemetry/exporter-trace-otlp-proto");
  const tracerProvider = new BasicTracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ "service.name": "kratos-graphql" }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  const flush = () => tracerProvider.shutdown().catch(({ message }: Error) => say(message));
  return { tracerProvider, stop: () => Promise.race([flush(), sleep(LAST_WORDS_MS).then(() => say("The last spans were not taken in time."))]) };
}
