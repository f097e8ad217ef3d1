import { getEach } from "./batch.js";
import type { KratosClient } from "./client.js";
import { KratosNotFoundError } from "./errors.js";
import { toPathSegment } from "./path-segment.js";
import { listByNumber, type ListPage, type ListPosition } from "./pages.js";
import { type Check, expectJson, isJsonObject, isString, listOf, objectWith, optional, ResponseFormatError } from "./response.js";

const OPERATION = "getIdentitySchema";

/** A schema in a list. */
export interface SchemaRecord {
  readonly id: string;
  readonly schema: object;
}

interface WireSchema {
  readonly id: string;
  readonly schema: object | string;
}

const isSchema: Check = (value) => (typeof value === "string" ? undefined : isJsonObject(value));

const areSchemas = optional(listOf(objectWith<WireSchema>({ id: isString, schema: isSchema })));

/** Identity schemas: the JSON Schemas that traits follow. */
export class Schemas {
  constructor(private readonly client: KratosClient) {}

  /**
   * Gets the schemas with these IDs, one request each. An ID that could not be looked up has its error; an unknown one is absent.
   * @param ids IDs of schemas in Kratos' configuration, each once
   */
  async find(ids: readonly string[]): Promise<ReadonlyMap<string, object | Error>> {
    const { deadline } = this.client;
    return getEach(ids, (id) => this.get(id, deadline));
  }

  /**
   * Lists the schemas in the order of Kratos' configuration.
   * @param first maximum number of schemas, 1 to 250
   */
  list(first: number, after: ListPosition | undefined): Promise<ListPage<SchemaRecord>> {
    const operation = "listIdentitySchemas";
    return this.client.run(operation, async (api) => {
      api.require(operation, "schemaList");
      const read = (page: number, size: number) =>
        api.public(operation, async (ory) => {
          const json = await ory.get("schemas", { searchParams: { page, per_page: size } }).json();
          // Beyond the last page, versions before v25 send null.
          return (expectJson<WireSchema[] | null>(json, areSchemas) ?? []).map(toRecord);
        });
      return listByNumber(read, first, after);
    });
  }

  /**
   * Gets a schema.
   * @param id the schema's ID in Kratos' configuration
   * @param deadline a deadline before the configured one, in the time of `performance.now()`
   * @throws {KratosNotFoundError} if there is no such schema
   */
  get(id: string, deadline?: number): Promise<object> {
    return this.client.run(OPERATION, (api) => {
      const segment = api.version.features.base64SchemaIds ? toBase64Segment(id) : toPlainSegment(id);
      return api.public(OPERATION, async (ory) => expectJson<object>(await ory.get(`schemas/${segment}`).json(), isJsonObject), { deadline });
    });
  }
}

/** Older versions, e.g. v0.11.1, list a schema as base64 of its JSON. */
function toRecord({ id, schema }: WireSchema): SchemaRecord {
  return { id, schema: typeof schema === "string" ? decode(schema) : schema };
}

function decode(base64: string): object {
  try {
    return expectJson<object>(JSON.parse(Buffer.from(base64, "base64").toString()), isJsonObject);
  } catch (error) {
    if (error instanceof SyntaxError) throw new ResponseFormatError("a schema that is neither JSON nor base64 of JSON");
    throw error;
  }
}

/** As base64url any ID is a single plain segment of a path. Half of a surrogate pair has no UTF-8. */
function toBase64Segment(id: string): string {
  if (id === "" || /\p{Surrogate}/u.test(id)) throw new KratosNotFoundError(OPERATION);
  return Buffer.from(id).toString("base64url");
}

/** Before v0.9 an ID with a slash cannot be requested. */
function toPlainSegment(id: string): string {
  const segment = toPathSegment(id);
  if (segment === undefined || id.includes("/")) throw new KratosNotFoundError(OPERATION);
  return segment;
}
