import { ApolloServer } from "@apollo/server";
import { defineIntegrationTestSuite } from "@apollo/server-integration-testsuite";
import pino from "pino";
import { Kratos } from "../../src/kratos/index.js";
import { createAuthenticate } from "../../src/server/auth/authenticate.js";
import { createGraphQLHandler, type GraphQLHandlerOptions } from "../../src/server/graphql-handler.js";
import { listen } from "../../src/server/listen.js";
import { sendHttpError } from "../../src/server/http-error.js";
import type { ObservedContext } from "../../src/server/telemetry/telemetry.js";

/** Runs Apollo's tests of HTTP integrations against this server's. */
defineIntegrationTestSuite(async (config, { context } = {}) => {
  const server = new ApolloServer(config);
  await server.start();
  const logger = pino({ level: "silent" });
  const handle = createGraphQLHandler({
    // The suite inspects contexts that it creates, and the facade creates its own.
    graph: () =>
      ({
        apollo: {
          executeHTTPGraphQLRequest: async (request: { context(): Promise<ObservedContext> }) => {
            // Its operations are not reported, as the suite's servers do not have the facade's plugin.
            const { telemetry } = await request.context();
            telemetry.onOperationStart()({ name: undefined, type: undefined, valid: true, codes: [] });
            return server.executeHTTPGraphQLRequest({ ...request, context: context ?? (async () => ({})) } as never);
          },
        },
      }) as unknown as ReturnType<GraphQLHandlerOptions["graph"]>,
    kratos: new Kratos({ adminUrl: "http://127.0.0.1:9", timeoutMs: 1000 }),
    telemetry: { logger },
    authenticate: createAuthenticate(() => []),
    policy: () => ({}),
    corsOrigins: [],
    maxBodyBytes: 1_000_000,
  });
  const { url, close } = await listen(
    (request, response) => {
      // The suite tests the CSRF prevention of Apollo Server. That of the facade would refuse its GET requests before.
      request.headers["sec-fetch-site"] = "same-origin";
      void handle(request, response, { requestId: "request-id", client: undefined }).catch((error) => sendHttpError(response, error));
    },
    "127.0.0.1",
    0,
  );
  return { server, url, extraCleanup: close };
});
