import { readJson } from "../answer.js";
import { KratosInvalidError } from "../errors/invalid-error.js";
import { KratosNotFoundError } from "../errors/not-found-error.js";
import { KratosUnexpectedAnswerError } from "../errors/unexpected-answer-error.js";
import type { Upstream } from "../upstream.js";
import type { WireIdentity } from "../wire.js";
import { findIdentities } from "./find-identities.js";
import { isIdentityId } from "./identity-id.js";
import type { IdentityPage, PagePosition } from "./identity-page.js";
import { listByKey } from "./list-by-key.js";
import { listByNumber } from "./list-by-number.js";
import { readIdentity } from "./read-identity.js";
import { updateIdentity, type IdentityChange } from "./update-identity.js";

/** Identities, by Kratos' admin API. Every method can throw any {@link KratosError}. */
export class Identities {
  constructor(private readonly upstream: Upstream) {}

  /** At most `first` (1 to 250) identities after a position, or from the start. */
  list(first: number, after?: PagePosition): Promise<IdentityPage> {
    return this.upstream.run("listIdentities", (release) => {
      const listPage = release.features.keysetPages ? listByKey : listByNumber;
      return listPage(this.upstream, release, first, after);
    });
  }

  /**
   * The identities that there are of these ids, and for an id that could not be asked for its error.
   * @param ids any strings; one that is not a UUID has no identity, and Kratos is not asked for it
   */
  async find(ids: readonly string[]): Promise<ReadonlyMap<string, WireIdentity | Error>> {
    const valid = [...new Set(ids.filter(isIdentityId))];
    if (valid.length === 0) return new Map();
    return this.upstream.run("listIdentities", (release) => findIdentities(this.upstream, release, valid));
  }

  create(schemaId: string, traits: object): Promise<WireIdentity> {
    const operation = "createIdentity";
    return this.upstream.run(operation, async (release) => {
      checkSchemaId(operation, schemaId);
      const json = { schema_id: schemaId, traits };
      return readIdentity(
        operation,
        await this.upstream.sendToAdmin(release, { operation, method: "post", path: "/identities", json }),
      );
    });
  }

  /** Changes what is given and nothing else. */
  update(id: string, change: IdentityChange): Promise<WireIdentity> {
    const operation = "updateIdentity";
    return this.upstream.run(operation, async (release) => {
      checkSchemaId(operation, change.schemaId);
      return updateIdentity(this.upstream, release, id, change);
    });
  }

  /** @throws {KratosNotFoundError} where there was none */
  delete(id: string): Promise<void> {
    const operation = "deleteIdentity";
    return this.upstream.run(operation, async (release) => {
      if (!isIdentityId(id)) throw new KratosNotFoundError(operation);
      const path = `/identities/${id}`;
      const answer = await this.upstream.sendToAdmin(release, { operation, method: "delete", path });
      if (answer.status === 204) return;
      readJson(operation, answer);
      throw new KratosUnexpectedAnswerError(operation, answer.status, "an answer to a deletion");
    });
  }
}

/** Kratos takes an empty id for the default schema at a creation, and stores it as it is at a change. */
function checkSchemaId(operation: string, schemaId: string | undefined): void {
  if (schemaId !== "") return;
  throw new KratosInvalidError(operation, [{ path: ["schema_id"], message: 'Expected the id of an identity schema, such as "default".' }]);
}
