import { diag, DiagLogLevel } from "@opentelemetry/api";
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from "@opentelemetry/resources";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import type { Logger } from "../logger.js";

export type OtlpProtocol = "http/protobuf" | "http/json";

/** Sends spans to a collector. Where that is, and all else, the exporter reads from the standard `OTEL_…` variables by itself. */
export async function createOtlpProvider(protocol: OtlpProtocol, logger: Logger): Promise<BasicTracerProvider> {
  const say = (message: string) => logger.warn({ reason: message }, "OpenTelemetry has a problem.");
  diag.setLogger({ error: say, warn: say, info: () => {}, debug: () => {}, verbose: () => {} }, DiagLogLevel.WARN);
  const { OTLPTraceExporter } =
    protocol === "http/json" ? await import("@opentelemetry/exporter-trace-otlp-http") : await import("@opentelemetry/exporter-trace-otlp-proto");
  return new BasicTracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ "service.name": "kratos-graphql" }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
}
