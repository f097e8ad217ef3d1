import pMap from "p-map";
import { readObject } from "./answer.js";
import { CONCURRENCY } from "./concurrency.js";
import { KratosNotFoundError } from "./errors.js";
import type { Upstream } from "./upstream.js";

const operation = "getIdentitySchema";

/** Identity schemas: the JSON Schemas that traits follow. */
export class Schemas {
  constructor(private readonly upstream: Upstream) {}

  /**
   * The schemas that there are of these ids, and for an id that could not be asked for its error. Kratos gives them one by one.
   * @param ids the schemas' ids in Kratos' configuration, each once
   */
  async find(ids: readonly string[]): Promise<ReadonlyMap<string, object | Error>> {
    const deadline = this.upstream.deadline();
    const found = await pMap(ids, (id) => this.get(id, deadline).catch((error: Error) => error), { concurrency: CONCURRENCY });
    return new Map(ids.flatMap((id, at) => (found[at] instanceof KratosNotFoundError ? [] : [[id, found[at]!]])));
  }

  /**
   * @param id the schema's id in Kratos' configuration
   * @param deadline one before the configured one
   * @throws {KratosNotFoundError} where there is none
   */
  get(id: string, deadline?: number): Promise<object> {
    return this.upstream.run(operation, async (release) => {
      // Half a character cannot be written in an address.
      if (/\p{Surrogate}/u.test(id)) notFound();
      const path = `/schemas/${release.features.base64SchemaIds ? base64Segment(id) : plainSegment(id)}`;
      return readObject(operation, await this.upstream.sendToPublic(release, { operation, path, deadline }), []);
    });
  }
}

/** As base64url any id is one plain segment of a path. */
function base64Segment(id: string): string {
  return id === "" ? notFound() : Buffer.from(id).toString("base64url");
}

/** Before v0.9 an id with a slash could not be asked for; and `..` would climb out of the path even when encoded. */
function plainSegment(id: string): string {
  return /^\.{0,2}$|\//.test(id) ? notFound() : encodeURIComponent(id);
}

function notFound(): never {
  throw new KratosNotFoundError(operation);
}
