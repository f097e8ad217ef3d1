import type { ApolloServerPlugin } from "@apollo/server";
import { unwrapResolverError } from "@apollo/server/errors";
import { GraphQLError } from "graphql";
import type { FacadeContext } from "../graphql/context.js";
import { KratosError } from "../kratos/index.js";
import type { Logger } from "./logger.js";

/** Writes to the log what callers are not told: what is behind a failure of Kratos', and this server's own faults. */
export function errorLog(logger: Logger): ApolloServerPlugin<FacadeContext> {
  return {
    async requestDidStart() {
      return {
        async didEncounterErrors({ errors }) {
          for (const error of errors) log(logger, unwrapResolverError(error), error.path?.join("."));
        },
      };
    },
  };
}

function log(logger: Logger, thrown: unknown, path: string | undefined): void {
  if (thrown instanceof KratosError) {
    const { operation, detail, message } = thrown;
    if (detail !== undefined) logger.warn({ operation, path, detail }, message);
  } else if (!(thrown instanceof GraphQLError)) {
    logger.error({ path, err: thrown }, "A resolver failed.");
  }
}
