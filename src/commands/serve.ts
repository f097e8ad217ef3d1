import { setTimeout as sleep } from "node:timers/promises";
import { ConfigError, loadConfig, type Config } from "../config.js";
import { Kratos } from "../kratos/index.js";
import { createFacade } from "../server/facade.js";
import { listen, ListenError } from "../server/listen.js";
import { createLogger, type Logger } from "../server/logger.js";

/** Runs the server until it is told to stop. Where it cannot start it says why, and the process ends with 1. */
export async function serve(): Promise<void> {
  try {
    await start();
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof ListenError)) throw error;
    console.error(`kratos-graphql: ${error.message}.`);
    process.exit(1);
  }
}

async function start(): Promise<void> {
  const config = loadConfig(process.env);
  const logger = await createLogger(config.logLevel);
  const upstream = await findKratos(config, logger);
  const kratos = new Kratos({
    adminUrl: upstream.adminUrl,
    publicUrl: upstream.publicUrl,
    version: config.kratosVersion,
    timeoutMs: config.kratosTimeoutMs,
    ...config.kratos,
  });
  const metrics = await serveMetrics(config);
  const traces = await exportTraces(config, logger);
  const facade = await createFacade({
    kratos,
    logger,
    authentication: config.authentication,
    metrics: metrics?.registry,
    tracerProvider: traces?.tracerProvider,
    ...config.facade,
  });
  const server = await listen(facade.handle, config.host, config.port);
  logger.info(`GraphQL is at ${server.url}/graphql; ${hint(config)}.`);
  if (metrics) logger.info(`Metrics are at ${metrics.url}/metrics.`);

  const stop = async (delayMs: number): Promise<void> => {
    facade.drain();
    await sleep(delayMs);
    await server.close();
    await facade.stop();
    await upstream.stop();
    await metrics?.close();
    await traces?.stop();
    process.exit(0);
  };
  process.once("SIGTERM", () => {
    logger.info(`Stopping: not ready from now on, and gone when the requests under way are answered.`);
    void stop(config.shutdownDelayMs);
  });
  process.once("SIGINT", () => void stop(0));
}

/** The metrics, on a port of their own: whoever may scrape them need not be let in to the graph. */
async function serveMetrics({ host, metricsPort }: Config) {
  if (metricsPort === undefined) return undefined;
  const { createProcessMetrics } = await import("../server/telemetry/process-metrics.js");
  const { registry, handle } = createProcessMetrics();
  return { registry, ...(await listen(handle, host, metricsPort, "METRICS_PORT")) };
}

async function exportTraces({ otlpProtocol }: Config, logger: Logger) {
  if (otlpProtocol === undefined) return undefined;
  const { exportSpans } = await import("../server/telemetry/otlp.js");
  return exportSpans(otlpProtocol, logger);
}

/** Where Kratos is: the configured one, or an embedded one that is started here. */
async function findKratos(config: Config, logger: Logger) {
  if (config.kratosAdminUrl !== undefined) {
    logger.info(`Serving the Kratos at ${config.kratosAdminUrl}.`);
    return { adminUrl: config.kratosAdminUrl, publicUrl: config.kratosPublicUrl, stop: async () => {} };
  }
  // Loaded only here: a server of a real Kratos starts faster, and smaller, without it.
  const { startEmbeddedKratos } = await import("../embedded/embedded-kratos.js");
  const embedded = await startEmbeddedKratos();
  logger.info(
    `KRATOS_ADMIN_URL is not set: serving an embedded Kratos ${embedded.version} with sample identities, in memory, gone when this stops.`,
  );
  return embedded;
}

function hint({ authentication: { apiKeys, jwt }, facade: { explorers } }: Config): string {
  const explorer = explorers ? "open it in a browser for an explorer" : "explorers are off (EXPLORERS=true switches them on)";
  const callers = apiKeys.length > 0 || jwt ? "callers need a token" : "anybody who reaches it may do anything";
  return `${explorer}; ${callers}`;
}
