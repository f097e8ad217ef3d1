import type { FlowKind, WireFlows, WireIdentity } from "../../kratos/index.js";
import { MaskedChange } from "./masked-change.js";
import { maskFlow } from "./masked-flow.js";
import { MASKED, normalize } from "./masked-text.js";
import { extract, type TraitPath } from "./trait-path.js";

/**
 * Hides traits from callers who may not see them, wherever they appear: in the traits, as an address, in a form, and in the
 * messages about a change.
 */
export class TraitsMask {
  readonly #paths: readonly TraitPath[];

  /** @param paths e.g. `email` or `name.last`. The items of a list have no segment of their own. */
  constructor(paths: readonly string[]) {
    this.#paths = paths.map((path) => path.split("."));
  }

  /** Returns the identity without the masked traits. */
  identity(wire: WireIdentity): WireIdentity {
    const { visible, hidden } = extract(wire.traits ?? {}, this.#paths);
    const values = new Set(hidden.map(normalize));
    const mask = <Address extends { value: string }>(addresses: readonly Address[] | undefined) =>
      addresses?.map((address) => (values.has(normalize(address.value)) ? { ...address, value: MASKED } : address));
    return {
      ...wire,
      traits: visible,
      verifiable_addresses: mask(wire.verifiable_addresses),
      recovery_addresses: mask(wire.recovery_addresses),
    };
  }

  /** Returns the flow without the masked traits. */
  flow<Flow extends WireFlows[FlowKind]>(wire: Flow): Flow {
    return maskFlow(wire, this.#paths);
  }

  /** Creates a change to these traits by a caller who does not see the masked ones. */
  change(traits: object): MaskedChange {
    return new MaskedChange(this.#paths, traits);
  }
}
