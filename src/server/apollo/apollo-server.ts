import { ApolloServer, type ApolloServerOptions, type BaseContext } from "@apollo/server";
import { unwrapResolverError } from "@apollo/server/errors";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled";
import type { GraphQLFormattedError, GraphQLSchema } from "graphql";
import { formatError } from "../../graphql/errors.js";
import { asLimit, limitRules, type Limits } from "../limits/limits.js";
import { errorForLog, type Logger } from "../logger.js";
import type { Safelist } from "../safelist.js";
import type { ObservedContext } from "../telemetry/telemetry.js";
import { createDocumentStore } from "./document.js";
import { createCompiledExecution } from "./jit.js";
import { logError } from "./log-error.js";
import { operationPlugin } from "./plugin.js";

export interface ApolloOptions {
  readonly logger: Logger;
  readonly limits: Limits;
  /** Whether callers may ask what the schema is, and are helped when they misspell a name. */
  readonly introspection: boolean;
  /** Whether an array of operations is answered. */
  readonly batching: boolean;
  /** The operations that alone are answered; any, where it is left out. */
  readonly safelist?: Safelist;
}

/** The executor of GraphQL operations. Nothing is sent to anybody but the caller. */
export function createApolloServer(schema: GraphQLSchema, options: ApolloOptions): ApolloServer<ObservedContext> {
  const { logger, limits, introspection, batching, safelist } = options;
  const compiled = createCompiledExecution(schema, (error) => {
    logError(logger, error);
    return formatError(error.toJSON(), unwrapResolverError(error));
  });
  return new ApolloServer<ObservedContext>({
    schema,
    logger: apolloLog(logger),
    introspection,
    allowBatchedHttpRequests: batching,
    // By itself it keeps the newest 30 MiB of what callers register.
    ...(safelist && { persistedQueries: { cache: safelist.cache } }),
    documentStore: createDocumentStore(),
    parseOptions: { maxTokens: limits.tokens },
    validationRules: limitRules(limits),
    csrfPrevention: true,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    formatError: (formatted, error) => {
      const known = formatError(asLimit(formatted, limits), unwrapResolverError(error));
      return introspection ? known : withoutSuggestion(known);
    },
    plugins: [
      operationPlugin(logger, limits, compiled),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  });
}

/** Apollo Server's own way to hide suggestions shows those for variables. */
function withoutSuggestion(formatted: GraphQLFormattedError): GraphQLFormattedError {
  // Its words are for whoever runs the server, and name the software.
  if (formatted.extensions?.["validationErrorCode"] === "INTROSPECTION_DISABLED") return { ...formatted, message: "Introspection is switched off here." };
  return { ...formatted, message: formatted.message.replace(/ ?Did you mean .+\?$/s, "") };
}

/** What Apollo Server says of itself: an error alone, or a sentence with an error's message behind a colon, which stays out. */
export function apolloLog(logger: Logger): NonNullable<ApolloServerOptions<BaseContext>["logger"]> {
  const at = (level: "debug" | "info" | "warn" | "error") => (said: unknown) => {
    if (said instanceof Error) logger[level]({ err: errorForLog(said) }, "Apollo Server failed.");
    else logger[level](String(said).replace(/:.*/s, "."));
  };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}
