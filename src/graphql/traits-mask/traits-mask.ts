import type { WireFlows, WireIdentity } from "../../kratos/index.js";
import { MaskedChange } from "./masked-change.js";
import { maskFlow } from "./masked-flow.js";
import { comparable, MASKED } from "./masked-text.js";
import { takeOut, type Json, type TraitPath } from "./trait-path.js";

/**
 * Hides traits from those who may not see them, wherever they show: in the traits themselves, as an address made of one, in
 * a form, and in what is said of a change.
 */
export class TraitsMask {
  readonly #paths: readonly TraitPath[];

  /** @param paths as `email` or `name.last`; a list's entries have no segment of their own */
  constructor(paths: readonly string[]) {
    this.#paths = paths.map((path) => path.split("."));
  }

  /** The identity without what is masked. */
  identity(wire: WireIdentity): WireIdentity {
    const traits = structuredClone(wire.traits ?? {}) as Json;
    const hidden = new Set(this.#paths.flatMap((path) => takeOut(traits, path)).map(comparable));
    const masked = <Address extends { value: string }>(addresses: readonly Address[] | undefined) =>
      addresses?.map((address) => (hidden.has(comparable(address.value)) ? { ...address, value: MASKED } : address));
    return {
      ...wire,
      traits,
      verifiable_addresses: masked(wire.verifiable_addresses),
      recovery_addresses: masked(wire.recovery_addresses),
    };
  }

  /** The flow without what is masked. */
  flow<Flow extends WireFlows[keyof WireFlows]>(wire: Flow): Flow {
    return maskFlow(wire, this.#paths);
  }

  /** A change to these traits by somebody who does not see what is masked. */
  change(traits: object): MaskedChange {
    return new MaskedChange(this.#paths, traits);
  }
}
