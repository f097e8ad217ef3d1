import { ApolloServer } from "@apollo/server";
import { unwrapResolverError } from "@apollo/server/errors";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled";
import type { GraphQLSchema } from "graphql";
import type { FacadeContext } from "../graphql/context.js";
import { formatError } from "../graphql/errors/format-error.js";
import { createCompiledExecution } from "./compiled-execution.js";
import { errorLog, logError } from "./error-log.js";
import type { Logger } from "./logger.js";

/** The executor of GraphQL operations. Nothing is sent to anybody but the caller. */
export function createApolloServer(schema: GraphQLSchema, logger: Logger): ApolloServer<FacadeContext> {
  const compiled = createCompiledExecution(schema, (error) => {
    logError(logger, error);
    return formatError(error.toJSON(), unwrapResolverError(error));
  });
  return new ApolloServer<FacadeContext>({
    schema,
    logger,
    introspection: true,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    formatError: (formatted, error) => formatError(formatted, unwrapResolverError(error)),
    plugins: [
      errorLog(logger),
      compiled.plugin,
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  });
}
