import { setTimeout as sleep } from "node:timers/promises";
import { ConfigError, loadConfig, type Config } from "../config.js";
import { Kratos } from "../kratos/index.js";
import { BUILD, describeBuild } from "../server/build.js";
import { TraitsSchemaError } from "../graphql/traits/document.js";
import { isOpen } from "../server/auth/authenticate.js";
import { createFacade, type FacadeOptions } from "../server/facade.js";
import { SchemaHashError } from "../server/graph.js";
import { listen, ListenError } from "../server/listen.js";
import { createLogs, errorForLog, type Logger } from "../server/logger.js";
import { Reloader } from "./reload.js";

/** Runs the server until it receives SIGTERM or SIGINT. If it cannot start, it prints the reason and exits with 1. */
export async function serve(): Promise<void> {
  try {
    await start();
  } catch (error) {
    if (!STOPPERS.some((stopper) => error instanceof stopper)) throw error;
    console.error(`kratos-graphql: ${(error as Error).message.replace(/\.$/, "")}.`);
    process.exit(1);
  }
}

/** Errors that say what to do before the server can start. */
const STOPPERS = [ConfigError, ListenError, TraitsSchemaError, SchemaHashError];

async function start(): Promise<void> {
  const reloader = new Reloader(process.env);
  const config = loadConfig(process.env);
  const { logger, auditLogger } = await createLogs(config.logLevel, config.auditFile);
  logger.info({ ...BUILD, node: process.version }, `kratos-graphql ${describeBuild(BUILD)} is starting.`);
  // By default Node.js would exit, and every other caller would lose their request to the bug that one of them has found.
  process.on("unhandledRejection", (reason) => logger.error({ err: errorForLog(reason) }, "A promise was rejected, and nothing handled it. This is a bug."));
  const upstream = await connectKratos(config, logger);
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
    auditLogger,
    authentication: config.authentication,
    metrics: metrics?.registry,
    tracerProvider: traces?.tracerProvider,
    sampleIdentityId: upstream.sampleIdentityId,
    traits: config.traits === undefined ? upstream.traits : await toTraits(config, logger),
    ...config.facade,
  });
  const server = await listen(facade.handle, config.host, config.port, { connections: config.maxConnections });
  logger.info(`GraphQL is at ${server.url}/graphql; ${describeAccess(config, server.url)}.`);
  const { schemaHash } = facade;
  if (schemaHash !== undefined) logger.info({ schemaHash }, `The schema has the hash ${schemaHash}.`);
  if (metrics) logger.info(`Metrics are at ${metrics.url}/metrics.`);

  reloader.start((changed) => {
    facade.replacePolicy({ ...changed.facade, apiKeys: changed.authentication.apiKeys });
    kratos.replaceCredentials(changed.kratos);
  }, logger);
  const stop = async (delayMs: number): Promise<void> => {
    reloader.stop();
    facade.drain();
    await sleep(delayMs);
    await server.close(config.graceMs);
    await facade.stop();
    await upstream.stop();
    await metrics?.close();
    await traces?.stop();
    process.exit(0);
  };
  const reload = (): void => {
    reloader.reload();
    if (config.traits) void facade.reloadTraits();
  };
  process.once("SIGTERM", () => {
    logger.info("Stopping: the server reports that it is not ready, and exits when the running requests are completed.");
    void stop(config.shutdownDelayMs);
  });
  process.once("SIGINT", () => void stop(0));
  // In a terminal, it means that the terminal was closed.
  process.on("SIGHUP", () => (process.stdout.isTTY ? void stop(0) : reload()));
}

/** Lazy: the validator of identity schemas is only needed if they get types. */
async function toTraits({ traits }: Config, logger: Logger): Promise<FacadeOptions["traits"]> {
  if (!traits) return undefined;
  const { createTraitsLoader } = await import("./traits-schemas.js");
  return { trustsSchema: traits.trustsSchema, schemas: createTraitsLoader(traits.source, logger) };
}

/** Serves the metrics on a port of their own, so that Prometheus needs no access to the graph. */
async function serveMetrics({ host, metricsPort }: Config) {
  if (metricsPort === undefined) return undefined;
  const { createProcessMetrics } = await import("../server/telemetry/metrics.js");
  const { registry, handle } = createProcessMetrics();
  return { registry, ...(await listen(handle, host, metricsPort, { portVariable: "METRICS_PORT" })) };
}

async function exportTraces({ otlpProtocol }: Config, logger: Logger) {
  if (otlpProtocol === undefined) return undefined;
  const { exportSpans } = await import("../server/telemetry/otlp.js");
  return exportSpans(otlpProtocol, logger);
}

/** Returns the addresses of the configured Kratos, or of the built-in fake Kratos, which it starts. */
async function connectKratos(config: Config, logger: Logger) {
  if (config.kratosAdminUrl !== undefined) {
    logger.info(`Using Kratos at ${config.kratosAdminUrl}.`);
    return { adminUrl: config.kratosAdminUrl, publicUrl: config.kratosPublicUrl, sampleIdentityId: undefined, traits: undefined, stop: async () => {} };
  }
  // Lazy: only needed without a real Kratos.
  const { SAMPLE_EMAIL, SAMPLE_IDENTITY_ID, SAMPLE_PASSWORD, SAMPLE_SCHEMAS, SAMPLE_SESSION_TOKEN, startFakeKratos } = await import("../fake-kratos/index.js");
  const fake = await startFakeKratos();
  logger.info(
    `KRATOS_ADMIN_URL is not set: using the built-in fake Kratos ${fake.version} with sample identities, which are kept in memory only.`,
  );
  logger.info(
    `To act as the sample user ${SAMPLE_EMAIL}, send the header 'X-Session-Token: ${SAMPLE_SESSION_TOKEN}', or sign in at ${fake.publicUrl} with the password '${SAMPLE_PASSWORD}'.`,
  );
  return { ...fake, sampleIdentityId: SAMPLE_IDENTITY_ID, traits: { schemas: SAMPLE_SCHEMAS, trustsSchema: false } };
}

function describeAccess({ authentication, facade: { explorers } }: Config, url: string): string {
  const explorer = explorers ? `to explore it, open ${url}/explorer/ in a browser` : "explorers are off (EXPLORERS=true turns them on)";
  const callers = isOpen(authentication) ? "there is no authentication" : "callers must authenticate";
  return `${explorer}; ${callers}`;
}
