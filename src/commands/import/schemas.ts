import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import addFormats, { type FormatsPlugin } from "ajv-formats";
import { KratosNotFoundError, parsePointer, type Kratos } from "../../kratos/index.js";

type Node = Readonly<Record<string, unknown>>;

/** An identity schema of the deployment. */
class ImportSchema {
  #validate?: ValidateFunction;

  constructor(
    readonly id: string,
    private readonly root: Node,
  ) {}

  /**
   * Checks traits as Kratos does.
   * @returns the errors in them
   * @throws {Error} if the schema cannot be used here, e.g. because it refers to another one
   */
  check(traits: object): string[] {
    this.#validate ??= compile(this.id, this.root);
    return this.#validate({ traits }) ? [] : [...new Set((this.#validate.errors ?? []).map(describe))];
  }

  /** The identifiers of an identity with these traits, which no other identity can have. */
  getIdentifiers(traits: object): string[] {
    return [...new Set(this.#findIdentifiers(this.#traits, traits))];
  }

  /** The type of a trait, e.g. `integer`. Undefined if the schema has several, or none. */
  getType(path: readonly string[]): string | undefined {
    let node: Node | undefined = this.#traits;
    for (const key of path) {
      const { properties, items } = this.#resolve(node);
      node = /^\d+$/.test(key) && items ? (items as Node) : (properties as Record<string, Node> | undefined)?.[key];
    }
    const { type } = this.#resolve(node);
    return typeof type === "string" ? type : undefined;
  }

  get #traits(): Node | undefined {
    return (this.#resolve(this.root)["properties"] as Record<string, Node> | undefined)?.["traits"];
  }

  *#findIdentifiers(schema: unknown, value: unknown): Generator<string> {
    const node = this.#resolve(schema);
    const { credentials = {} } = (node["ory.sh/kratos"] ?? {}) as { credentials?: Readonly<Record<string, { identifier?: boolean }>> };
    if (typeof value === "string" && value.trim() !== "" && Object.values(credentials).some(({ identifier }) => identifier)) yield value;
    for (const keyword of ["allOf", "anyOf", "oneOf"]) for (const part of (node[keyword] ?? []) as unknown[]) yield* this.#findIdentifiers(part, value);
    if (Array.isArray(value)) {
      for (const item of value) yield* this.#findIdentifiers(node["items"], item);
    } else if (typeof value === "object" && value !== null) {
      for (const [key, part] of Object.entries(node["properties"] ?? {})) yield* this.#findIdentifiers(part, (value as Node)[key]);
    }
  }

  /** Follows a reference within the schema. */
  #resolve(schema: unknown, depth = 0): Node {
    const node = (typeof schema === "object" && schema !== null ? schema : {}) as Node;
    const { $ref } = node;
    if (typeof $ref !== "string" || !$ref.startsWith("#/") || depth > 10) return node;
    const target = $ref.slice(2).split("/").reduce<unknown>((part, key) => (part as Node | undefined)?.[decodeURIComponent(key)], this.root);
    return this.#resolve(target, depth + 1);
  }
}

/** The identity schemas of the deployment, each loaded once. */
export class ImportSchemas {
  readonly #loaded = new Map<string, Promise<ImportSchema | undefined>>();

  constructor(private readonly kratos: Kratos) {}

  /** Undefined if there is no schema with this ID. */
  async get(id: string): Promise<ImportSchema | undefined> {
    const loading = this.#loaded.get(id) ?? this.#load(id);
    this.#loaded.set(id, loading);
    // A file can contain any number of other IDs.
    const forget = () => void this.#loaded.delete(id);
    const schema = await loading.catch((error: unknown) => {
      forget();
      throw error;
    });
    if (!schema) forget();
    return schema;
  }

  async #load(id: string): Promise<ImportSchema | undefined> {
    try {
      return new ImportSchema(id, (await this.kratos.schemas.get(id)) as Node);
    } catch (error) {
      if (error instanceof KratosNotFoundError) return undefined;
      throw error;
    }
  }
}

/** A number that could be dialed. Kratos knows the numbers of each country. */
const PHONE = /^\+[\d ()./-]{6,30}$/;

function compile(id: string, { $schema: _, $id: __, ...root }: Node): ValidateFunction {
  const ajv = new Ajv({ allErrors: true, strict: false, validateSchema: false, logger: false });
  // Its types are those of CommonJS, but the bundle has the module.
  (addFormats as unknown as FormatsPlugin)(ajv);
  ajv.addFormat("tel", PHONE).addFormat("no-validate", true);
  try {
    return ajv.compile(root);
  } catch (error) {
    throw new Error(`the identity schema "${id}" cannot be used to validate here: ${(error as Error).message}`, { cause: error });
  }
}

function describe({ instancePath, message = "is invalid", keyword, params }: ErrorObject): string {
  const path = parsePointer(instancePath);
  const extra = keyword === "additionalProperties" ? `: ${params["additionalProperty"]}` : "";
  return `${path.join(".")}: ${message}${extra}`;
}
