import { ApolloServer, type ApolloServerOptions, type BaseContext, type PersistedQueryOptions } from "@apollo/server";
import { unwrapResolverError } from "@apollo/server/errors";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled";
import { GraphQLError, type GraphQLSchema, type ValidationRule } from "graphql";
import { formatError } from "../../graphql/errors.js";
import { createLimitRules, type Limits } from "../limits/limits.js";
import { errorForLog, type Logger } from "../logger.js";
import type { Safelist } from "../safelist.js";
import type { ObservedContext } from "../telemetry/telemetry.js";
import { createDocumentStore } from "../document.js";
import type { AuditLog } from "./audit-log.js";
import { createErrorFormatter, logErrors } from "./errors.js";
import { createCompiledExecution } from "./jit.js";
import { createOperationPlugin } from "./plugin.js";

export interface ApolloOptions {
  readonly logger: Logger;
  readonly auditLog: AuditLog;
  readonly limits: Limits;
  /** Whether introspection is enabled, and error messages suggest names. */
  readonly introspection: boolean;
  /** Whether a request may contain an array of operations. */
  readonly batching: boolean;
  /** Returns the only operations to execute now. Default: any. */
  readonly safelist?: () => Safelist;
}

/** Creates the Apollo Server that executes operations. It sends nothing to Apollo. */
export function createApolloServer(schema: GraphQLSchema, options: ApolloOptions): ApolloServer<ObservedContext> {
  const { logger, auditLog, limits, introspection, batching, safelist } = options;
  const compiled = createCompiledExecution(schema, (errors, { telemetry }) => {
    logErrors(telemetry, errors);
    return errors.map((error) => formatError(error.toJSON(), unwrapResolverError(error)));
  });
  return new ApolloServer<ObservedContext>({
    schema,
    logger: toApolloLogger(logger),
    introspection,
    allowBatchedHttpRequests: batching,
    // Without a safelist, Apollo Server caches up to 30 MiB of operations that callers register.
    ...(safelist && { persistedQueries: { cache: toQueryCache(safelist) } }),
    documentStore: createDocumentStore(),
    parseOptions: { maxTokens: limits.tokens },
    validationRules: [operationTypesRule, ...createLimitRules(limits)],
    // See csrf.ts.
    csrfPrevention: false,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    formatError: createErrorFormatter(limits, introspection),
    plugins: [
      createOperationPlugin(auditLog, limits, compiled),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  });
}

/** Where Apollo Server looks for persisted queries. Read-only: callers cannot register operations. */
function toQueryCache(safelist: () => Safelist): NonNullable<PersistedQueryOptions["cache"]> {
  return { get: async (key) => safelist().find(key.replace(/^apq:/, "")), set: async () => {}, delete: async () => false };
}

/** graphql-js would find only during execution that the schema has no subscriptions, as if the server had failed. */
const operationTypesRule: ValidationRule = (context) => ({
  OperationDefinition(node) {
    if (context.getSchema().getRootType(node.operation)) return;
    context.reportError(new GraphQLError(`This API has no ${node.operation}s, only queries and mutations.`, { nodes: node }));
  },
});

/** Apollo Server logs errors, and sentences that may end with a colon and an error's message, which is removed: it may contain user data. */
function toApolloLogger(logger: Logger): NonNullable<ApolloServerOptions<BaseContext>["logger"]> {
  const log = (level: "debug" | "info" | "warn" | "error") => (message: unknown) => {
    if (message instanceof Error) logger[level]({ err: errorForLog(message) }, "Apollo Server failed.");
    else logger[level](String(message).replace(/:.*/s, "."));
  };
  return { debug: log("debug"), info: log("info"), warn: log("warn"), error: log("error") };
}
