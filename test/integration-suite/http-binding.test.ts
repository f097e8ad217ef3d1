import { ApolloServer } from "@apollo/server";
import { defineIntegrationTestSuite } from "@apollo/server-integration-testsuite";
import pino from "pino";
import { Kratos } from "../../src/kratos/index.js";
import { createAuthenticate } from "../../src/server/auth/authenticate.js";
import { createGraphQLHandler, type GraphQLHandlerOptions } from "../../src/server/graphql-handler.js";
import { listen } from "../../src/server/listen.js";
import { sendHttpError } from "../../src/server/http-error.js";

/** Runs Apollo's tests of HTTP integrations against this server's. */
defineIntegrationTestSuite(async (config, { context } = {}) => {
  const server = new ApolloServer(config);
  await server.start();
  const handle = createGraphQLHandler({
    // The suite inspects contexts that it creates, and the facade creates its own.
    apollo: {
      executeHTTPGraphQLRequest: (request: object) => server.executeHTTPGraphQLRequest({ ...request, context: context ?? (async () => ({})) } as never),
    } as unknown as GraphQLHandlerOptions["apollo"],
    kratos: new Kratos({ adminUrl: "http://127.0.0.1:9", timeoutMs: 1000 }),
    telemetry: { logger: pino({ level: "silent" }) },
    authenticate: createAuthenticate(() => []),
    policy: () => ({}),
    maxBodyBytes: 1_000_000,
  });
  const { url, close } = await listen(
    (request, response) => void handle(request, response, { requestId: "request-id", client: undefined }).catch((error) => sendHttpError(response, error)),
    "127.0.0.1",
    0,
  );
  return { server, url, extraCleanup: close };
});
