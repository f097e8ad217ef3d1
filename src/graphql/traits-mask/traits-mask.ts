import type { WireIdentity, WireUiContainer } from "../../kratos/index.js";

/** What stands where a masked value must be a string. */
export const MASKED = "***";

type Json = Record<string, unknown>;

/**
 * Hides traits from those who may not see them, wherever they show: in the traits themselves, as an address made of one,
 * and as the value of a form's input.
 */
export class TraitsMask {
  readonly #paths: readonly (readonly string[])[];

  /** @param paths as `email` or `name.last`; a list's entries have no segment of their own */
  constructor(paths: readonly string[]) {
    this.#paths = paths.map((path) => path.split("."));
  }

  /** The identity without what is masked. */
  identity(wire: WireIdentity): WireIdentity {
    const traits = structuredClone(wire.traits ?? {}) as Json;
    const hidden = new Set(this.#paths.flatMap((path) => takeOut(traits, path)).map(comparable));
    const masked = <Address extends { value: string }>(addresses: Address[] | undefined) =>
      addresses?.map((address) => (hidden.has(comparable(address.value)) ? { ...address, value: MASKED } : address));
    return {
      ...wire,
      traits,
      verifiable_addresses: masked(wire.verifiable_addresses),
      recovery_addresses: masked(wire.recovery_addresses),
    };
  }

  /** The form without the values of masked traits' inputs. */
  form(ui: WireUiContainer): WireUiContainer {
    const isMasked = (name: unknown) => {
      const [first, ...path] = String(name).split(".");
      return first === "traits" && this.#paths.some((masked) => masked.every((segment, at) => segment === path[at]));
    };
    const nodes = ui.nodes.map((node) => {
      const attributes = node.attributes as unknown as Json;
      if (!isMasked(attributes["name"]) || !attributes["value"]) return node;
      return { ...node, attributes: { ...attributes, value: MASKED } as unknown as typeof node.attributes };
    });
    return { ...ui, nodes };
  }

  /** Traits of somebody who does not see all of them, with what they do not see put back, where they give nothing of their own. */
  restore(traits: object, present: object): object {
    const whole = structuredClone(traits) as Json;
    for (const path of this.#paths) putBack(whole, present as Json, path);
    return whole;
  }
}

/** Takes what is at a path out of a value. @returns all that was there */
function takeOut(value: unknown, [key, ...rest]: readonly string[]): unknown[] {
  if (Array.isArray(value)) return value.flatMap((item) => takeOut(item, [key!, ...rest]));
  if (!isObject(value) || !Object.hasOwn(value, key!)) return [];
  if (rest.length > 0) return takeOut(value[key!], rest);
  const taken = value[key!];
  delete value[key!];
  return leavesOf(taken);
}

function putBack(into: unknown, from: unknown, [key, ...rest]: readonly string[]): void {
  if (Array.isArray(into) && Array.isArray(from)) {
    into.forEach((item, index) => putBack(item, from[index], [key!, ...rest]));
    return;
  }
  if (!isObject(into) || !isObject(from) || !Object.hasOwn(from, key!)) return;
  if (rest.length === 0) into[key!] ??= from[key!];
  else if (Object.hasOwn(into, key!)) putBack(into[key!], from[key!], rest);
  else putBackAlone(into, key!, from[key!], rest);
}

/** The caller saw nothing else at this key, or left it out: what was hidden there comes back by itself. */
function putBackAlone(into: Json, key: string, from: unknown, rest: readonly string[]): void {
  const alone: Json = {};
  putBack(alone, from, rest);
  if (Object.keys(alone).length > 0) into[key] = alone;
}

function leavesOf(value: unknown): unknown[] {
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(leavesOf) : [value];
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Kratos writes addresses in lower case and without the blanks around them. */
function comparable(value: unknown): string {
  return String(value).trim().toLowerCase();
}
