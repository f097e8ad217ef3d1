import type { ApolloServerOptions, BaseContext } from "@apollo/server";
import { errorForLog } from "../error-for-log.js";
import type { Logger } from "../logger.js";

/** What Apollo Server says of itself: an error alone, or a sentence with an error's message behind a colon, which stays out. */
export function apolloLog(logger: Logger): NonNullable<ApolloServerOptions<BaseContext>["logger"]> {
  const at = (level: "debug" | "info" | "warn" | "error") => (said: unknown) => {
    if (said instanceof Error) logger[level]({ err: errorForLog(said) }, "Apollo Server failed.");
    else logger[level](String(said).replace(/:.*/s, "."));
  };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}
