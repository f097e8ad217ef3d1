import type { Identity } from "./identity.js";

/** Which uniqueness rule of Kratos' database an identity would break. */
export type Constraint = "verifiable address" | "recovery address" | "identifier" | "external id";

/** All identities, in memory. */
export class IdentityStore {
  readonly #byId = new Map<string, Identity>();

  get size(): number {
    return this.#byId.size;
  }

  find(id: string): Identity | undefined {
    return this.#byId.get(id);
  }

  /** In ascending order of id, which is random and so no order of creation. */
  sorted(): Identity[] {
    return [...this.#byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  save(identity: Identity): void {
    this.#byId.set(identity.id, identity);
  }

  remove(id: string): boolean {
    return this.#byId.delete(id);
  }

  /** The rule that `identity` breaks against the others. */
  conflictOf(identity: Identity): Constraint | undefined {
    const others = [...this.#byId.values()].filter((other) => other.id !== identity.id);
    const taken = (values: (identity: Identity) => string[]): boolean => {
      const mine = new Set(values(identity));
      return mine.size > 0 && others.some((other) => values(other).some((value) => mine.has(value)));
    };
    if (taken((each) => each.verifiableAddresses.map((address) => address.value))) return "verifiable address";
    if (taken((each) => each.recoveryAddresses.map((address) => address.value))) return "recovery address";
    if (taken((each) => each.password?.identifiers ?? [])) return "identifier";
    if (taken((each) => (each.externalId === "" ? [] : [each.externalId]))) return "external id";
    return undefined;
  }
}
