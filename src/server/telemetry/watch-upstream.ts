import { codeOf } from "../../graphql/errors/format-error.js";
import type { Interceptor, Send } from "../../kratos/index.js";
import type { Metrics } from "./metrics.js";
import type { RequestTrace } from "./tracing.js";

type Headers = Readonly<Record<string, string>>;

/** Sends a request to Kratos, and tells whoever listens how it went. */
export function watchUpstream(operation: string, send: Send, headers: Headers, metrics?: Metrics, trace?: RequestTrace): ReturnType<Interceptor> {
  return metrics || trace ? watch(operation, send, headers, metrics, trace) : send(headers);
}

async function watch(operation: string, send: Send, headers: Headers, metrics?: Metrics, trace?: RequestTrace) {
  const startedAt = performance.now();
  const span = trace?.startUpstream(operation);
  const end = (status: number | undefined, error?: string) => {
    metrics?.upstream(operation, performance.now() - startedAt, error);
    span?.end(status, error);
  };
  try {
    const answer = await send({ ...headers, ...span?.headers });
    end(answer.status, answer.status < 400 ? undefined : String(answer.status));
    return answer;
  } catch (error) {
    end(undefined, codeOf(error));
    throw error;
  }
}
