import type { KratosApi } from "../api.js";
import { toResponseError } from "../error-mapping.js";
import { KratosConflictError, KratosError, KratosInvalidError, KratosNotFoundError, KratosUnavailableError, KratosVersionMismatchError, onlyKratosErrors } from "../errors.js";
import { expectJson, isJson, isString, listOf, objectWith, optional, ResponseFormatError, toErrorBody } from "../response.js";
import { measureBody } from "../validation.js";
import { toCreateBody, type NewIdentity } from "./create.js";
import { expectIdentity, getIdentity } from "./get.js";

/** Name of the operation in Ory's API documents. */
const OPERATION = "batchPatchIdentities";

/** Maximum number of identities that Kratos creates in one call. */
export const MAX_BATCH_SIZE = 1_000;

/** Maximum number of them that may have a password in clear text, which Kratos has to hash. */
export const MAX_BATCH_PASSWORDS = 200;

/** What Kratos needs at most to create an identity, and to hash a password: bcrypt with the default cost takes 200 ms. */
const IDENTITY_MS = 4;
const PASSWORD_MS = 250;

/** The ID of the created identity, or why it was not created. */
export type BatchResult = string | KratosError;

/** Room for identities in one call: within the limits of Kratos, and so that it has done its work in half of the deadline. */
export class BatchRoom {
  #count = 0;
  #passwords = 0;
  #characters = 0;
  #ms = 0;

  /** @param timeoutMs deadline of one request to Kratos in milliseconds */
  constructor(private readonly timeoutMs: number) {}

  /** @returns false if the identity does not fit. The first one always does */
  take(identity: NewIdentity): boolean {
    const password = identity.credentials?.password?.password === undefined ? 0 : 1;
    const room = measureBody(identity);
    this.#count += 1;
    this.#passwords += password;
    this.#characters += room.used;
    this.#ms += IDENTITY_MS + PASSWORD_MS * password;
    return (
      this.#count === 1 ||
      (this.#count <= MAX_BATCH_SIZE && this.#passwords <= MAX_BATCH_PASSWORDS && this.#characters <= room.limit && this.#ms <= this.timeoutMs / 2)
    );
  }
}

interface Item {
  readonly index: number;
  readonly identity: NewIdentity;
  readonly create: object;
}

/**
 * Creates identities in as few calls as fit the limits of Kratos and the deadline of each.
 * @returns a result for each identity, in the same order
 * @throws {KratosUnsupportedError} if the connected Kratos has no batches
 */
export async function createIdentities(api: KratosApi, identities: readonly NewIdentity[], timeoutMs: number): Promise<BatchResult[]> {
  api.require(OPERATION, "batch");
  const results: BatchResult[] = [];
  const items: Item[] = [];
  // Kratos refuses a whole call because of one identity with e.g. an unknown state.
  for (const [index, identity] of identities.entries()) {
    try {
      items.push({ index, identity, create: toCreateBody(OPERATION, api, identity) });
    } catch (error) {
      results[index] = onlyKratosErrors(error);
    }
  }
  let failed: KratosError | undefined;
  for (const [at, call] of toCalls(items, timeoutMs).entries()) {
    // A Kratos that did not respond to one call would keep the caller waiting for each of the others.
    const created = failed ? call.map(() => notSent(failed!)) : await createAll(api, call);
    const [first] = created;
    if (at === 0 && first instanceof KratosVersionMismatchError) throw first;
    failed ??= created.find((result) => result instanceof KratosUnavailableError);
    for (const [offset, { index }] of call.entries()) results[index] = created[offset]!;
  }
  return results;
}

function toCalls(items: readonly Item[], timeoutMs: number): Item[][] {
  const calls: Item[][] = [];
  let room: BatchRoom | undefined;
  for (const item of items) {
    if (room?.take(item.identity)) {
      calls.at(-1)!.push(item);
    } else {
      room = new BatchRoom(timeoutMs);
      room.take(item.identity);
      calls.push([item]);
    }
  }
  return calls;
}

function notSent({ message }: KratosError): KratosError {
  return new KratosUnavailableError(OPERATION, "This identity was not sent to Kratos, because Kratos failed to create others.", { detail: message });
}

/**
 * Creates identities in one call. If Kratos refuses the whole call, nothing was created. It does not say which identity is the cause,
 * so each half is sent again, until the invalid identity is sent alone and has its own error.
 */
async function createAll(api: KratosApi, items: readonly Item[]): Promise<BatchResult[]> {
  const [only] = items;
  if (only && items.length === 1) return [await createOne(api, only)];
  try {
    return await createBatch(api, items);
  } catch (error) {
    if (!(error instanceof KratosError)) throw error;
    if (!(error instanceof KratosInvalidError || error instanceof KratosConflictError)) return items.map(() => error);
    const middle = Math.ceil(items.length / 2);
    return [...(await createAll(api, items.slice(0, middle))), ...(await createAll(api, items.slice(middle)))];
  }
}

async function createOne(api: KratosApi, { create }: Item): Promise<BatchResult> {
  try {
    const { id } = await api.admin("createIdentity", async (admin) => expectIdentity(await admin.post("identities", { json: create }).json()));
    return id;
  } catch (error) {
    return onlyKratosErrors(error);
  }
}

interface WireBatchResult {
  readonly action: string;
  readonly identity?: string | null;
  readonly error?: unknown;
}

const isBatch = objectWith<{ readonly identities: readonly WireBatchResult[] }>({
  identities: listOf(objectWith<WireBatchResult>({ action: isString, identity: optional(isString), error: isJson })),
});

async function createBatch(api: KratosApi, items: readonly Item[]): Promise<BatchResult[]> {
  const json = { identities: items.map(({ create }) => ({ create })) };
  const responses = await api.admin(OPERATION, async (admin) => {
    const { identities } = expectJson<{ identities: WireBatchResult[] }>(await admin.patch("identities", { json }).json(), isBatch);
    if (identities.length !== items.length) throw new ResponseFormatError(`${identities.length} results for ${items.length} identities`);
    return identities;
  });
  const results: BatchResult[] = [];
  for (const [index, { identity, error }] of responses.entries()) {
    results.push(identity ?? (hasReason(error) ? toItemError(error) : await createOne(api, items[index]!)));
  }
  return results.some((result) => result instanceof KratosConflictError) ? repeatIfUndone(api, items, responses, results) : results;
}

/**
 * If one of several identities is a conflict, Kratos v1.3 rolls back the transaction, and still reports the others as created. They
 * are sent again without the conflict.
 */
async function repeatIfUndone(api: KratosApi, items: readonly Item[], responses: readonly WireBatchResult[], results: readonly BatchResult[]) {
  const reported = items.filter((_, index) => responses[index]!.identity);
  const [id] = responses.flatMap(({ identity }) => identity ?? []);
  if (id === undefined) return [...results];
  const repeated = await getIdentity(api, id).then(
    () => undefined,
    (error: unknown) => (error instanceof KratosNotFoundError ? createAll(api, reported) : reported.map(() => notConfirmed(onlyKratosErrors(error)))),
  );
  if (!repeated) return [...results];
  return results.map((result, index) => (responses[index]!.identity ? repeated.shift()! : result));
}

function notConfirmed({ message, detail, cause }: KratosError): KratosError {
  return new KratosUnavailableError(OPERATION, `${message} It is unknown whether the change was made.`, { detail, cause, outcome: "UNKNOWN" });
}

/** Before v25, Kratos does not say what is wrong with one of several identities. If it is sent alone, Kratos does. */
function hasReason(error: unknown): boolean {
  const { code, reason, message } = toErrorBody(error) ?? {};
  return code === 409 || (reason !== undefined && reason !== message);
}

function toItemError(error: unknown): KratosError {
  const body = toErrorBody(error);
  return toResponseError(OPERATION, body?.code ?? 400, body, true);
}
