import type { TracerProvider } from "@opentelemetry/api";
import type { Registry } from "prom-client";
import type { Kratos } from "../../kratos/index.js";
import type { Logger } from "../logger.js";
import type { Telemetry } from "./request-telemetry.js";

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
