import type { ApolloServer } from "@apollo/server";
import type { GraphQLSchema } from "graphql";
import { createHash } from "node:crypto";
import { buildFacadeSchema, type FacadeSchema } from "../graphql/schema.js";
import { printPointer, TraitsSchemaError } from "../graphql/traits/document.js";
import type { TraitsOptions, TraitsSchema } from "../graphql/traits/traits.js";
import { type Kratos, KratosError } from "../kratos/index.js";
import { HttpError } from "./http-error.js";
import { errorForLog, type Logger } from "./logger.js";
import type { ObservedContext } from "./telemetry/telemetry.js";

/** The identity schemas whose traits get types. */
export interface TypedTraitsOptions extends TraitsOptions {
  /**
   * The identity schemas, or what loads them: when the facade is created, and again every minute. If they have changed, a new graph
   * is served. Rejects with a {@link TraitsSchemaError} if they must be changed first.
   */
  readonly schemas: readonly TraitsSchema[] | ((kratos: Kratos) => Promise<readonly TraitsSchema[]>);
}

export interface GraphOptions {
  readonly kratos: Kratos;
  readonly logger: Logger;
  readonly traits?: TypedTraitsOptions;
  readonly publicSdl?: boolean;
  /** The only hash of the SDL to serve. Default: any. */
  readonly schemaHash?: string;
  readonly createApollo: (schema: GraphQLSchema) => ApolloServer<ObservedContext>;
}

/** A graph, and what executes operations on it. All caches of operations belong to it. */
export interface Graph {
  readonly built: FacadeSchema;
  readonly apollo: ApolloServer<ObservedContext>;
  /** Hash of the subgraph's SDL, e.g. `sha256:…`. */
  readonly hash: string;
}

/** The graph is not the one that is configured. */
export class SchemaHashError extends Error {
  override readonly name = "SchemaHashError";

  constructor(expected: string, actual: string) {
    super(
      `SCHEMA_HASH is ${expected}, but the schema of this deployment has the hash ${actual}. ` +
        'To see what has changed, run "kratos-graphql schema --check" with the schema that you released. To serve the new one, set SCHEMA_HASH to its hash',
    );
  }
}

/** The hash of a schema's SDL: what `kratos-graphql schema | sha256sum` prints. */
export function getSchemaHash(sdl: string): string {
  return `sha256:${createHash("sha256").update(sdl).digest("hex")}`;
}

/** Why the current identity schemas are not served: Kratos does not return them, no graph can be built of them, or it has another hash. */
export type TraitsProblemReason = "kratos" | "schemas" | "hash";

/** How old the identity schemas can be. */
const TTL_MS = 60_000;

/**
 * The graph that is served. If the identity schemas change, another one takes its place: running requests are completed on the previous
 * graph. If no graph can be built of them, the previous one stays, and the log says so once.
 */
export class ServedGraph {
  #current?: Graph;
  /** The identity schemas of which a graph has been built last, and why it cannot be served. */
  #built?: { readonly schemas: string; readonly error?: unknown };
  /** Why the identity schemas of now are not served. */
  #problem?: string;
  #reason?: TraitsProblemReason;
  #loadedAt = -Infinity;
  #isLoading = false;
  #loading: Promise<void> = Promise.resolve();
  readonly #notes = new Set<string>();

  constructor(private readonly options: GraphOptions) {}

  /**
   * Builds the first graph. While Kratos does not return the identity schemas, there is none.
   * @throws {TraitsSchemaError | SchemaHashError} if it cannot be served
   */
  async start(): Promise<void> {
    try {
      await this.#load();
    } catch (error) {
      if (!(error instanceof KratosError)) throw error;
      this.#report(error);
    }
  }

  /** The graph for a new request. @throws {HttpError} if there is none yet */
  get(): Graph {
    if (this.#current) return this.#current;
    throw new HttpError(503, "KRATOS_UNAVAILABLE", "The server has no schema yet: the identity schemas have not been loaded, or cannot be used. Try again later. For details, see the server log.", { "retry-after": "5" });
  }

  /** The hash of the current SDL. Undefined if there is no graph yet. */
  get hash(): string | undefined {
    return this.#current?.hash;
  }

  /** The schema that is served. Undefined if there is no graph yet. */
  get built(): FacadeSchema | undefined {
    return this.#current?.built;
  }

  /** Whether the graph has the types of the current identity schemas, as far as they are known. */
  get isCurrent(): boolean {
    return this.#problem === undefined;
  }

  /** Why it does not, for metrics. */
  get problemReason(): TraitsProblemReason | undefined {
    return this.#reason;
  }

  /** Reloads the identity schemas, if they are older than a minute, or cannot be used. Never fails. */
  async refresh(): Promise<void> {
    const isFresh = performance.now() - this.#loadedAt <= TTL_MS && this.isCurrent;
    if (typeof this.options.traits?.schemas === "function" && !isFresh && !this.#isLoading) await this.reload();
  }

  /** Reloads the identity schemas, and serves the graph that they result in. Never fails. */
  reload(): Promise<void> {
    // One after the other, so that the latest identity schemas are served.
    this.#loading = this.#loading.then(() => this.#reload());
    return this.#loading;
  }

  async stop(): Promise<void> {
    await this.#current?.apollo.stop();
  }

  async #reload(): Promise<void> {
    this.#isLoading = true;
    try {
      await this.#load();
      if (this.#problem !== undefined) this.options.logger.warn({ schemaHash: this.hash }, "The identity schemas can be used again.");
      this.#problem = this.#reason = undefined;
    } catch (error) {
      this.#report(error);
    }
    this.#isLoading = false;
  }

  async #load(): Promise<void> {
    const { kratos, traits } = this.options;
    const schemas = typeof traits?.schemas === "function" ? await traits.schemas(kratos) : (traits?.schemas ?? []);
    this.#loadedAt = performance.now();
    const text = JSON.stringify(schemas);
    if (text !== this.#built?.schemas) {
      const error = await this.#serve(schemas).then(() => undefined, (reason: unknown) => reason);
      this.#built = { schemas: text, error };
    }
    if (this.#built.error !== undefined) throw this.#built.error;
  }

  async #serve(schemas: readonly TraitsSchema[]): Promise<void> {
    const { publicSdl, traits, schemaHash, createApollo, logger } = this.options;
    const built = buildFacadeSchema({ publicSdl, traits: { schemas, trustsSchema: traits?.trustsSchema ?? false } });
    const hash = getSchemaHash(built.sdl);
    if (schemaHash !== undefined && schemaHash !== hash) throw new SchemaHashError(schemaHash, hash);
    const apollo = createApollo(built.schema);
    await apollo.start();
    const previous = this.#current;
    this.#current = { built, apollo, hash };
    for (const { source, at, message } of built.typed.notes) this.#note(`${source}: ${printPointer(at)} ${message}.`);
    if (previous) logger.info({ schemaHash: hash, before: previous.hash }, `The identity schemas have changed. The schema has the hash ${hash} now.`);
    else if (!this.isCurrent) logger.info({ schemaHash: hash }, `The identity schemas have been loaded. The schema has the hash ${hash}.`);
    // Does not affect the operations that it executes.
    await previous?.apollo.stop();
  }

  #note(text: string): void {
    if (!this.#notes.has(text)) this.options.logger.info(text);
    this.#notes.add(text);
  }

  #report(error: unknown): void {
    const { logger } = this.options;
    const known = error instanceof KratosError || error instanceof TraitsSchemaError || error instanceof SchemaHashError;
    const problem = known ? error.message.replace(/\.$/, "") : "this is a bug";
    if (problem === this.#problem) return;
    this.#problem = problem;
    this.#reason = error instanceof KratosError ? "kratos" : error instanceof SchemaHashError ? "hash" : "schemas";
    const fields = { schemaHash: this.hash, detail: error instanceof KratosError ? error.detail : undefined, err: known ? undefined : errorForLog(error) };
    logger.error(fields, `The identity schemas cannot be used, so ${this.#current ? "the previous ones remain in use" : "there is no schema yet"}: ${problem}.`);
  }
}
