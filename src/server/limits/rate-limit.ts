import type { Redis } from "ioredis";
import { type IRateLimiterOptions, RateLimiterMemory, RateLimiterRedis, type RateLimiterRes } from "rate-limiter-flexible";
import { HttpError } from "../http-error.js";
import type { Logger } from "../logger.js";
import { describeRedisError, writeCheckKey } from "./redis.js";

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
  /** Whether requests are counted in Redis at the moment. Undefined if there is no Redis. */
  readonly isRedisUp: boolean | undefined;
  stop(): Promise<void>;
}

/** Creates a limit that counts in memory, or in Redis and in memory while Redis is unavailable. */
export async function createRateLimit({ requests, windowS, redisUrl }: RateLimitOptions, logger: Logger): Promise<RateLimit> {
  const options = { keyPrefix: "kratos-graphql", points: requests, duration: windowS };
  const memory = new RateLimiterMemory(options);
  const redis = redisUrl === undefined ? undefined : await connect(redisUrl, options, logger);
  return {
    async consume(caller, count) {
      try {
        if (!(await redis?.consume(caller, count))) await memory.consume(caller, count);
      } catch (rejection) {
        // The limiter rejects with an Error if it fails, and with its state if the limit is exceeded.
        if (rejection instanceof Error) throw rejection;
        const seconds = Math.max(1, Math.ceil((rejection as RateLimiterRes).msBeforeNext / 1000));
        const message = `Rate limit exceeded: at most ${requests} requests in ${windowS} s are allowed. Try again in ${seconds} s.`;
        throw new HttpError(429, "RATE_LIMITED", message, { "retry-after": String(seconds) });
      }
    },
    get isRedisUp() {
      return redis?.isUp;
    },
    stop: async () => redis?.stop(),
  };
}

async function connect(url: string, options: IRateLimiterOptions, logger: Logger): Promise<RedisCounter> {
  // Lazy: most servers count in memory. Once it is bundled, a CommonJS module that is loaded lazily has only a default export.
  const { default: ioredis } = await import("ioredis");
  return new RedisCounter(new ioredis.Redis(url, { enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout: REDIS_TIMEOUT_MS }), options, logger);
}

/** How long a request waits for Redis before it is counted in memory. */
const REDIS_TIMEOUT_MS = 500;
const CHECK_INTERVAL_MS = 1_000;

/** Counts in Redis. Once Redis has failed, requests do not wait for it until a check in the background succeeds. */
class RedisCounter {
  #isUp?: boolean;
  #isChecking = false;
  readonly #limiter: RateLimiterRedis;
  readonly #timer = setInterval(() => void this.#check(), CHECK_INTERVAL_MS).unref();

  constructor(
    private readonly redis: Redis,
    options: IRateLimiterOptions,
    private readonly logger: Logger,
  ) {
    this.#limiter = new RateLimiterRedis({ ...options, storeClient: redis });
    redis.on("ready", () => void this.#check());
    redis.on("error", (error: Error) => this.#onFailure(error));
    redis.on("close", () => this.#onFailure(new Error("The connection was closed.")));
  }

  /** False until Redis has answered for the first time, too. */
  get isUp(): boolean {
    return this.#isUp ?? false;
  }

  /**
   * @returns whether the request was counted
   * @throws {RateLimiterRes} if the limit is exceeded
   */
  async consume(caller: string, count: number): Promise<boolean> {
    if (!this.isUp) return false;
    try {
      await this.#limiter.consume(caller, count);
      return true;
    } catch (rejection) {
      if (!(rejection instanceof Error)) throw rejection;
      this.#onFailure(rejection);
      return false;
    }
  }

  stop(): void {
    clearInterval(this.#timer);
    this.redis.removeAllListeners("close").disconnect();
  }

  async #check(): Promise<void> {
    if (this.#isChecking) return;
    if (this.redis.status !== "ready") return this.#onFailure(new Error("There is no connection."));
    this.#isChecking = true;
    try {
      await writeCheckKey(this.redis);
      if (this.#isUp === false) this.logger.warn("Redis is available again. Requests are counted in Redis.");
      this.#isUp = true;
    } catch (error) {
      this.#onFailure(error as Error);
    } finally {
      this.#isChecking = false;
    }
  }

  /** Called for each failure. Only the first one is logged. */
  #onFailure(error: Error): void {
    if (this.#isUp !== false) this.logger.warn({ reason: describeRedisError(error) }, "Redis is unavailable. Requests are counted in memory.");
    this.#isUp = false;
  }
}
