import { RateLimiterMemory, type RateLimiterAbstract } from "rate-limiter-flexible";
import type { Logger } from "../logger.js";
import { HttpError } from "../http-error.js";

export interface RateLimitOptions {
  /** Requests that one caller may make in each window. */
  readonly requests: number;
  /** Length of a window in seconds. */
  readonly windowS: number;
  /** Where the servers count together; each counts by itself where it is left out. */
  readonly redisUrl?: string;
}

export interface RateLimit {
  /**
   * Counts a caller's request.
   * @param operations how many it holds, where it is an array of them
   * @throws {HttpError} with 429 where it is one too many, and when to come again
   */
  take(caller: string, operations: number): Promise<void>;
  stop(): Promise<void>;
}

/** What callers wait at the most for a Redis that does not answer. */
const REDIS_TIMEOUT_MS = 500;

/** Counts in memory, or in Redis, and in memory while Redis is away. */
export async function createRateLimit({ requests, windowS, redisUrl }: RateLimitOptions, logger: Logger): Promise<RateLimit> {
  const options = { keyPrefix: "kratos-graphql", points: requests, duration: windowS };
  const memory = new RateLimiterMemory(options);
  let limiter: RateLimiterAbstract = memory;
  let stop = async () => {};
  if (redisUrl !== undefined) {
    // Loaded only here: most servers count by themselves.
    const [{ Redis }, { RateLimiterRedis }] = await Promise.all([import("ioredis"), import("rate-limiter-flexible")]);
    const redis = new Redis(redisUrl, { enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout: REDIS_TIMEOUT_MS });
    // It tries again and again, and fails each time.
    let isAway = false;
    redis.on("error", ({ message }: Error) => {
      if (!isAway) logger.warn({ reason: message }, "Redis cannot be used; requests are counted in memory.");
      isAway = true;
    });
    redis.on("ready", () => {
      if (isAway) logger.info("Redis can be used again; requests are counted there.");
      isAway = false;
    });
    limiter = new RateLimiterRedis({ ...options, storeClient: redis, insuranceLimiter: memory });
    stop = async () => redis.disconnect();
  }
  return {
    async take(caller, operations) {
      try {
        await limiter.consume(caller, operations);
      } catch (refused) {
        if (refused instanceof Error) throw refused;
        const seconds = Math.max(1, Math.ceil((refused as { msBeforeNext: number }).msBeforeNext / 1000));
        const message = `You may send ${requests} requests in ${windowS} s, and this is one more. Come again in ${seconds} s.`;
        throw new HttpError(429, "RATE_LIMITED", message, { "retry-after": String(seconds) });
      }
    },
    stop,
  };
}
