import "reflect-metadata";
import { ConfigError, loadConfig, type Config } from "./config.js";
import { Kratos } from "./kratos/index.js";
import { createFacade } from "./server/facade.js";
import { listen, ListenError } from "./server/listen.js";
import { createLogger, type Logger } from "./server/logger.js";
import { settleHeap } from "./server/settle-heap.js";

/** Where Kratos is: the configured one, or an embedded one that is started here. */
async function findKratos(config: Config, logger: Logger) {
  if (config.kratosAdminUrl !== undefined) {
    logger.info(`Serving the Kratos at ${config.kratosAdminUrl}.`);
    return { adminUrl: config.kratosAdminUrl, publicUrl: config.kratosPublicUrl, stop: async () => {} };
  }
  // Loaded only here: a server of a real Kratos starts faster, and smaller, without it.
  const { startEmbeddedKratos } = await import("./embedded/embedded-kratos.js");
  const embedded = await startEmbeddedKratos();
  logger.info(
    `KRATOS_ADMIN_URL is not set: serving an embedded Kratos ${embedded.version} with sample identities, in memory, gone when this stops.`,
  );
  return embedded;
}

async function main(): Promise<void> {
  const config = loadConfig(process.env, process.argv.slice(2));
  const logger = await createLogger();
  const upstream = await findKratos(config, logger);
  const kratos = new Kratos({
    adminUrl: upstream.adminUrl,
    publicUrl: upstream.publicUrl,
    version: config.kratosVersion,
    timeoutMs: config.kratosTimeoutMs,
  });
  const { corsOrigins, maxBodyBytes, explorers } = config;
  const facade = await createFacade({ kratos, logger, corsOrigins, maxBodyBytes, explorers });
  const server = await listen(facade.handle, config.host, config.port);
  const hint = explorers ? "open it in a browser for an explorer" : "explorers are off (EXPLORERS=true switches them on)";
  logger.info(`GraphQL is at ${server.url}/graphql; ${hint}.`);
  setTimeout(settleHeap, 1000).unref();

  const stop = async (): Promise<void> => {
    await server.close();
    await facade.stop();
    await upstream.stop();
    process.exit(0);
  };
  process.once("SIGTERM", () => void stop());
  process.once("SIGINT", () => void stop());
}

main().catch((error: unknown) => {
  const expected = error instanceof ConfigError || error instanceof ListenError;
  console.error(expected ? `kratos-graphql: ${error.message}.` : error);
  process.exit(1);
});
