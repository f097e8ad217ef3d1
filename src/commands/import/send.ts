import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { getConflictPath } from "../../graphql/identity/create-identity.js";
import { toUserErrors } from "../../graphql/user-errors.js";
import {
  type BatchResult,
  KratosConflictError,
  KratosDisabledError,
  type KratosError,
  KratosInvalidError,
  KratosOverloadedError,
  KratosUnavailableError,
  KratosUnsupportedError,
  type Kratos,
  type NewIdentity,
  onlyKratosErrors,
  type PagePosition,
  type WireIdentity,
} from "../../kratos/index.js";
import { describe, getEnd } from "../kratos.js";
import type { ImportSchemas } from "./schemas.js";

/** The result for an identity: imported now, imported before the interruption, or the reason why it was not. */
export type Outcome = "imported" | "known" | { readonly error: string };

/** The import cannot continue now. */
export class StoppedError extends Error {}

/** How long Kratos may be unavailable, and the delays between checks. */
const PATIENCE_MS = 5 * 60_000;
const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 15_000;

/** How often an identity is sent if Kratos is ready but does not respond to it. */
const MAX_ATTEMPTS = 3;

const PAGE_SIZE = 250;

const UNKNOWN =
  "It is unknown whether this identity was created before the import was interrupted: it has neither an external ID nor an identifier by which Kratos could find it. Import it again only if it is not in Kratos.";

/** Errors of a single identity. Any other error affects all of them. */
const OWN_ERRORS = [KratosInvalidError, KratosConflictError, KratosUnsupportedError, KratosDisabledError];

/** Sends identities to Kratos, so that none is created twice. */
export class Sender {
  constructor(
    private readonly kratos: Kratos,
    private readonly schemas: ImportSchemas,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * @param isDoubtful whether they may have been sent before. Kratos refuses those that it has already, so these are looked up
   * @throws {StoppedError} if Kratos remains unavailable, or refuses this program
   */
  async send(identities: readonly NewIdentity[], isDoubtful: boolean, attempt = 1): Promise<Outcome[]> {
    const outcomes: (Outcome | undefined)[] = identities.map(() => undefined);
    if (isDoubtful) for (const [index, identity] of identities.entries()) outcomes[index] = await this.#expectUnique(identity);
    const open = [...outcomes.keys()].filter((index) => outcomes[index] === undefined);
    const results = await this.#create(open.map((index) => identities[index]!));
    const conflicts: number[] = [];
    const again: number[] = [];
    let reason: KratosError | undefined;
    let mayBeStored = isDoubtful;
    for (const [at, result] of results.entries()) {
      const index = open[at]!;
      const outcome = toOutcome(result, identities[index]!);
      outcomes[index] = outcome;
      if (typeof result === "string") continue;
      if (outcome === undefined) {
        again.push(index);
        reason = result;
        mayBeStored ||= result.outcome === "UNKNOWN";
      } else if (isDoubtful && result instanceof KratosConflictError) conflicts.push(index);
    }
    const known = conflicts.length > 0 ? await this.#findKnown(conflicts.map((index) => identities[index]!)) : new Set();
    for (const index of conflicts) if (known.has(identities[index])) outcomes[index] = "known";
    if (reason) await this.#sendAgain(identities, again, mayBeStored, reason, attempt, outcomes);
    return outcomes.map((outcome) => outcome!);
  }

  /** An error for an identity that Kratos would store a second time, because it has nothing that must be unique. */
  async #expectUnique({ externalId, schemaId, traits, credentials }: NewIdentity): Promise<Outcome | undefined> {
    if (externalId !== undefined || credentials?.oidc?.length) return undefined;
    const schema = await this.#untilReady(() => this.schemas.get(schemaId));
    return schema && schema.getIdentifiers(traits).length === 0 ? { error: UNKNOWN } : undefined;
  }

  /** The identities that already exist in Kratos, with the same traits. */
  async #findKnown(identities: readonly NewIdentity[]): Promise<ReadonlySet<unknown>> {
    const named = identities.filter(({ externalId }) => externalId !== undefined);
    const unnamed = identities.filter(({ externalId }) => externalId === undefined);
    return new Set([...(await this.#findByExternalId(named)), ...(unnamed.length > 0 ? await this.#findInList(unnamed) : [])]);
  }

  async #findByExternalId(identities: readonly NewIdentity[]): Promise<NewIdentity[]> {
    const wanted = new Map(identities.map((identity) => [identity.externalId!, identity]));
    const found = await this.#untilReady(async () => {
      const results = await this.kratos.identities.findByExternalId([...wanted.keys()]);
      for (const result of results.values()) if (result instanceof Error) throw result;
      return results as ReadonlyMap<string, WireIdentity>;
    });
    return [...found].flatMap(([externalId, identity]) => (isSame(identity, wanted.get(externalId)!) ? [wanted.get(externalId)!] : []));
  }

  /** Reads the whole list once. On SQLite, a search for one identifier among some thousand takes Kratos seconds. */
  async #findInList(identities: readonly NewIdentity[]): Promise<NewIdentity[]> {
    const wanted = new Map<string, NewIdentity[]>();
    for (const identity of identities) {
      const key = await this.#getKey(identity.schemaId, identity.traits);
      wanted.set(key, [...(wanted.get(key) ?? []), identity]);
    }
    const found: NewIdentity[] = [];
    let after: PagePosition | undefined;
    for (let hasNextPage = true; hasNextPage; ) {
      const page = await this.#untilReady(() => this.kratos.identities.list(PAGE_SIZE, after));
      for (const identity of page.identities) {
        if (identity instanceof Error) continue;
        const same = wanted.get(await this.#getKey(identity.schema_id, identity.traits as object))?.filter((one) => isSame(identity, one)) ?? [];
        found.push(...same.slice(0, 1));
      }
      after = getEnd(page);
      ({ hasNextPage } = page);
    }
    return found;
  }

  /** Compared first, because comparing the traits of all pairs would take too long. */
  async #getKey(schemaId: string, traits: object): Promise<string> {
    const [identifier = ""] = (await this.#untilReady(() => this.schemas.get(schemaId)))?.getIdentifiers(traits) ?? [];
    return `${schemaId} ${identifier}`;
  }

  /** Sends two halves, because a smaller batch may be done before the deadline, or may not contain what makes Kratos fail. */
  async #sendAgain(
    identities: readonly NewIdentity[],
    again: readonly number[],
    isDoubtful: boolean,
    reason: KratosError,
    attempt: number,
    outcomes: (Outcome | undefined)[],
  ): Promise<void> {
    if (again.length === 1 && attempt >= MAX_ATTEMPTS) {
      if (reason instanceof KratosUnavailableError || reason instanceof KratosOverloadedError) throw new StoppedError(describe(reason));
      outcomes[again[0]!] = { error: reason.message };
      return;
    }
    await this.#waitUntilReady(reason);
    const middle = Math.ceil(again.length / 2);
    for (const half of [again.slice(0, middle), again.slice(middle)]) {
      if (half.length === 0) continue;
      const sent = await this.send(half.map((index) => identities[index]!), isDoubtful, again.length === 1 ? attempt + 1 : 1);
      for (const [at, index] of half.entries()) outcomes[index] = sent[at];
    }
  }

  async #create(identities: readonly NewIdentity[]): Promise<readonly BatchResult[]> {
    if (identities.length === 0) return [];
    try {
      return await this.kratos.identities.createMany(identities);
    } catch (error) {
      const failure = onlyKratosErrors(error);
      return identities.map(() => failure);
    }
  }

  /** Repeats a read for as long as Kratos is unavailable. */
  async #untilReady<T>(read: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await read();
      } catch (error) {
        const failure = onlyKratosErrors(error);
        if (attempt >= MAX_ATTEMPTS) throw new StoppedError(describe(failure));
        await this.#waitUntilReady(failure);
      }
    }
  }

  /** @throws {StoppedError} if Kratos does not become ready, or the import is stopped */
  async #waitUntilReady(reason: KratosError): Promise<void> {
    const end = performance.now() + PATIENCE_MS;
    const retryAfterMs = reason instanceof KratosUnavailableError ? (reason.retryAfterS ?? 0) * 1_000 : 0;
    for (let delayMs = FIRST_DELAY_MS; ; delayMs = Math.min(delayMs * 2, MAX_DELAY_MS)) {
      await sleep(Math.min(Math.max(delayMs, retryAfterMs), MAX_DELAY_MS), undefined, { signal: this.signal }).catch(() => {
        throw new StoppedError(describe(reason));
      });
      if ((await this.kratos.system.check()).alive) return;
      if (performance.now() > end) throw new StoppedError(describe(reason));
    }
  }
}

function isSame({ schema_id, traits }: WireIdentity, identity: NewIdentity): boolean {
  return schema_id === identity.schemaId && isDeepStrictEqual(traits, identity.traits);
}

/**
 * Undefined if it has to be sent again.
 * @throws {StoppedError} if it failed for a reason that also affects all others
 */
function toOutcome(result: BatchResult, identity: NewIdentity): Outcome | undefined {
  if (typeof result === "string") return "imported";
  if (OWN_ERRORS.some((type) => result instanceof type)) {
    return { error: explain(result, identity).join(" ") };
  }
  if (result instanceof KratosUnavailableError || result instanceof KratosOverloadedError || result.outcome === "UNKNOWN") return undefined;
  throw new StoppedError(describe(result));
}

/** The errors in an identity, each with its path. */
export function explain(error: KratosError, identity: NewIdentity): string[] {
  return toUserErrors(error, undefined, getConflictPath(identity)).map(({ path, message }) => {
    const place = (path ?? []).slice(1).join(".");
    return place === "" ? message : `${place}: ${message}`;
  });
}
