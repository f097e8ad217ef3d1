import { isProviderType, type WireIdentity } from "../kratos/index.js";

/** Replaces a hidden value that must be a string. */
export const MASKED = "***";

/** The keys that lead to a trait, e.g. `["name", "last"]`. The items of a list have no key: the path leads to all of them. */
type TraitPath = readonly string[];

/** Hides traits from callers who may not see them. */
export class TraitsMask {
  readonly #paths: readonly TraitPath[];

  /** @param paths e.g. `email` or `name.last` */
  constructor(paths: readonly string[]) {
    this.#paths = paths.map((path) => path.split("."));
  }

  /**
   * Returns the identity without the masked traits and without all of its addresses: any of them can be a masked trait, which
   * Kratos may have trimmed, converted to lower case or normalized.
   */
  identity(wire: WireIdentity): WireIdentity {
    const mask = <Address extends { value: string }>(addresses: readonly Address[] | undefined) =>
      addresses?.map((address) => ({ ...address, value: MASKED }));
    return {
      ...wire,
      traits: this.#paths.reduce(remove, wire.traits ?? {}),
      verifiable_addresses: mask(wire.verifiable_addresses),
      recovery_addresses: mask(wire.recovery_addresses),
      credentials: wire.credentials && this.credentials(wire.credentials),
    };
  }

  /** Returns the credentials without their identifiers, which are addresses as well. Of an account at a provider, the provider remains. */
  credentials(wire: NonNullable<WireIdentity["credentials"]>): NonNullable<WireIdentity["credentials"]> {
    const mask = (type: string) => (identifier: string) =>
      isProviderType(type) ? identifier.replace(/:.*|^[^:]*$/s, `:${MASKED}`) : MASKED;
    const entries = Object.entries(wire).map(([type, credential]) => [type, { ...credential, identifiers: credential.identifiers?.map(mask(type)) }]);
    return Object.fromEntries(entries) as NonNullable<WireIdentity["credentials"]>;
  }

  /**
   * Whether a merge (RFC 7396) sets a masked trait, or replaces what it is in. The values do not matter: the answer would tell
   * whether a caller has guessed one.
   * @param current the traits that it is merged into, if they are known
   */
  isSetBy(merge: object, current?: unknown): boolean {
    return this.#paths.some((path) => sets(merge, current, path));
  }
}

function sets(merge: unknown, current: unknown, [key, ...rest]: TraitPath): boolean {
  if (key === undefined || !isPlainObject(merge) || Array.isArray(current)) return true;
  return Object.hasOwn(merge, key) && sets(merge[key], isPlainObject(current) ? current[key] : undefined, rest);
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether an identity schema says that the trait at a path exists, or may allow it by a reference to another file. */
export function hasTrait(schema: object, path: string): boolean {
  return hasProperty(schema, ["traits", ...path.split(".")], schema as JsonSchema);
}

/** What leads from a JSON Schema to those of the same value, or of the items of a list. */
interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema | readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly if?: JsonSchema;
  readonly then?: JsonSchema;
  readonly else?: JsonSchema;
  readonly $ref?: string;
}

/** @param followed references that lead here, which may form a circle */
function hasProperty(schema: JsonSchema, path: TraitPath, root: JsonSchema, followed: readonly string[] = []): boolean {
  const [key, ...rest] = path;
  if (key === undefined) return true;
  const { properties = {}, items = [], allOf = [], anyOf = [], oneOf = [], $ref } = schema;
  if (Object.hasOwn(properties, key) && hasProperty(properties[key]!, rest, root)) return true;
  if ($ref !== undefined && !followed.includes($ref)) {
    if (!$ref.startsWith("#")) return true;
    const target = $ref.split("/").slice(1).reduce<unknown>((value, name) => (value as Readonly<Record<string, unknown>> | undefined)?.[name], root);
    if (target && hasProperty(target, path, root, [...followed, $ref])) return true;
  }
  const parts = [items, allOf, anyOf, oneOf, schema.if ?? [], schema.then ?? [], schema.else ?? []].flat();
  return parts.some((part) => hasProperty(part, path, root, followed));
}

/** Returns a copy without the value at the path. What is not on the path is shared with the original. */
function remove(value: unknown, path: TraitPath): unknown {
  if (Array.isArray(value)) return value.map((item) => remove(item, path));
  const [key = "", ...rest] = path;
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return value;
  const { [key]: found, ...visible } = value as Readonly<Record<string, unknown>>;
  return rest.length === 0 ? visible : { ...visible, [key]: remove(found, rest) };
}
