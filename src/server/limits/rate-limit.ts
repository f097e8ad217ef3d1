import { RateLimiterMemory, RateLimiterRedis, type RateLimiterAbstract, type RateLimiterRes } from "rate-limiter-flexible";
import { HttpError } from "../http-error.js";
import type { Logger } from "../logger.js";
import { describeRedisError } from "./redis.js";

export interface RateLimitOptions {
  /** Maximum number of requests of one caller in each window. */
  readonly requests: number;
  /** Length of a window in seconds. */
  readonly windowS: number;
  /** URL of a Redis server that several servers share for counting. Default: each server counts in memory. */
  readonly redisUrl?: string;
}

export interface RateLimit {
  /**
   * Counts a caller's requests.
   * @param count 1, or the number of operations in a batch
   * @throws {HttpError} 429 with Retry-After if the caller has exceeded the limit
   */
  consume(caller: string, count: number): Promise<void>;
  stop(): Promise<void>;
}

/** How long a request waits for Redis before it is counted in memory. */
const REDIS_TIMEOUT_MS = 500;

/** Counts in memory or in Redis, and in memory while Redis is unavailable. */
export async function createRateLimit({ requests, windowS, redisUrl }: RateLimitOptions, logger: Logger): Promise<RateLimit> {
  const options = { keyPrefix: "kratos-graphql", points: requests, duration: windowS };
  const memory = new RateLimiterMemory(options);
  const redis = redisUrl === undefined ? undefined : await connect(redisUrl, logger);
  const limiter: RateLimiterAbstract = redis ? new RateLimiterRedis({ ...options, storeClient: redis, insuranceLimiter: memory }) : memory;
  return {
    async consume(caller, count) {
      try {
        await limiter.consume(caller, count);
      } catch (rejection) {
        // The limiter rejects with an Error if it fails, and with its state if the limit is exceeded.
        if (rejection instanceof Error) throw rejection;
        const seconds = Math.max(1, Math.ceil((rejection as RateLimiterRes).msBeforeNext / 1000));
        const message = `Rate limit exceeded: at most ${requests} requests in ${windowS} s are allowed. Try again in ${seconds} s.`;
        throw new HttpError(429, "RATE_LIMITED", message, { "retry-after": String(seconds) });
      }
    },
    stop: async () => redis?.disconnect(),
  };
}

async function connect(url: string, logger: Logger) {
  // Lazy: most servers count in memory. Once it is bundled, a CommonJS module that is loaded lazily has only a default export.
  const { default: ioredis } = await import("ioredis");
  const redis = new ioredis.Redis(url, { enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout: REDIS_TIMEOUT_MS });
  // Every failed attempt to reconnect emits an error; only the first one is logged.
  let isAvailable = true;
  redis.on("error", (error: Error) => {
    if (isAvailable) logger.warn({ reason: describeRedisError(error) }, "Redis is unavailable. Requests are counted in memory.");
    isAvailable = false;
  });
  redis.on("ready", () => {
    if (!isAvailable) logger.info("Redis is available again. Requests are counted in Redis.");
    isAvailable = true;
  });
  return redis;
}
