import type { Redis } from "ioredis";

/** Requests wait for Redis for half of it. */
const TIMEOUT_MS = 1_000;

/**
 * Connects to Redis, and checks that requests can be counted there.
 * @throws {Error} Redis cannot be used; its message says what to do
 */
export async function checkRedis(url: string): Promise<void> {
  // Lazy: most servers count in memory.
  const { default: ioredis } = await import("ioredis");
  const redis: Redis = new ioredis.Redis(url, { lazyConnect: true, retryStrategy: () => null, connectTimeout: TIMEOUT_MS, commandTimeout: TIMEOUT_MS });
  // What `connect` rejects with does not say why the connection was closed.
  let reason: Error | undefined;
  redis.on("error", (error: Error) => (reason ??= error));
  try {
    await redis.connect();
    await writeCheckKey(redis);
  } catch (error) {
    throw new Error(describeRedisError(reason ?? (error as Error)), { cause: error });
  } finally {
    redis.disconnect();
  }
}

/** Checks that Redis can count: one that is full, or a replica, still answers a PING. The key expires at once. */
export async function writeCheckKey(redis: Redis): Promise<void> {
  await redis.set("kratos-graphql:check", "1", "EX", 1);
}

/** What to do about an error of Redis, by its code or how its message begins. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [/ECONNREFUSED/, "nothing listens at this address: check that Redis is running, and that host and port in REDIS_URL are correct"],
  [/ENOTFOUND|EAI_AGAIN/, "the host name cannot be resolved: check the host in REDIS_URL, and the DNS of this machine"],
  [
    /ETIMEDOUT|EHOSTUNREACH|ENETUNREACH/,
    "nothing responds at this address: check host and port in REDIS_URL, that network policies and firewalls allow the connection, and whether Redis uses TLS (rediss://) or not (redis://)",
  ],
  [/timed out/, "Redis does not respond in time: check that it is not overloaded or suspended"],
  [/NOAUTH/, "Redis requires a password: add it to REDIS_URL, e.g. redis://:password@redis:6379"],
  [/WRONGPASS|invalid password/, "Redis does not accept the user or the password in REDIS_URL"],
  [/NOPERM/, "the user in REDIS_URL must be allowed to read and write keys that begin with kratos-graphql"],
  [/OOM/, "the memory of Redis is full: increase its maxmemory, or set its maxmemory-policy to one that evicts keys, e.g. volatile-ttl"],
  [/READONLY/, "this Redis is a replica: REDIS_URL must be the URL of the primary"],
  [/MISCONF/, "Redis does not accept writes, because it cannot save its data: see its log"],
  [/MOVED|CLUSTERDOWN/, "this Redis is part of a cluster, which is not supported: use a Redis that is not"],
  [
    /SELF_SIGNED|UNABLE_TO_(VERIFY|GET)|CERT_HAS_EXPIRED|ALTNAME/,
    "the certificate of Redis is not valid for REDIS_URL: check its dates and host names. If its CA is a private one, set NODE_EXTRA_CA_CERTS to a file with the certificate of the CA",
  ],
  [/wrong version number|WRONG_VERSION_NUMBER|packet length too long/, "Redis does not respond with TLS: REDIS_URL may have to begin with redis://"],
  [/Connection is closed|ECONNRESET|EPIPE|Protocol error/, "Redis closed the connection: if it expects TLS, REDIS_URL must begin with rediss://"],
];

/** What Redis or the connection to it reported, and what to do about it. For the operator only, as it may contain addresses. */
export function describeRedisError(error: Error): string {
  const { message, code = "" } = error as NodeJS.ErrnoException;
  const [, advice] = ADVICE.find(([pattern]) => pattern.test(code) || pattern.test(message)) ?? [];
  const reported = (message || code).replace(/\.$/, "");
  return advice ? `${reported}; ${advice}` : reported;
}
