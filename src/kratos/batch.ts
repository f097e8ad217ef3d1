import pMap from "p-map";
import { BATCH_CONCURRENCY } from "./client.js";
import { KratosNotFoundError } from "./errors.js";

/**
 * Gets what Kratos returns one by one, some at a time. A key whose request failed has its error; an unknown one is absent.
 * @param keys each once
 */
export async function getEach<Key, Value>(keys: readonly Key[], get: (key: Key) => Promise<Value>): Promise<Map<Key, Value | Error>> {
  const results = await pMap(keys, (key) => get(key).catch((error: Error) => error), { concurrency: BATCH_CONCURRENCY });
  return new Map(keys.flatMap((key, index) => (results[index] instanceof KratosNotFoundError ? [] : [[key, results[index]!] as const])));
}
