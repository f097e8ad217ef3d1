import { coerceInputValue, type GraphQLInputObjectType, type GraphQLInputType, getNullableType, isInputObjectType, isListType } from "graphql";
import { type CreateIdentityInput, toNewIdentity } from "../../graphql/identity/create-identity.js";
import { buildFacadeSchema } from "../../graphql/schema.js";
import { ANYBODY } from "../../graphql/scopes.js";
import { GivenTraits } from "../../graphql/traits/inputs.js";
import type { NewIdentity } from "../../kratos/index.js";
import { SourceError, type SourceRecord } from "./records.js";
import type { ImportSchemas } from "./schemas.js";

/** A record, as an identity to create, or with the reasons why it is invalid. */
export interface Parsed {
  readonly record: SourceRecord;
  /** What was read, to be written to the file of failures. Undefined if the record is not a JSON object. */
  readonly value?: Readonly<Record<string, unknown>>;
  readonly identity?: NewIdentity;
  readonly problems: readonly string[];
}

interface ParseOptions {
  /** Paths in the input, by the names of columns. An empty path leaves the column out. */
  readonly columns: ReadonlyMap<string, string>;
  /** The schema of identities that do not specify one. */
  readonly schemaId?: string;
}

/** Converts records to identities. A record has the fields of the input of `createIdentity`. */
export class RecordParser {
  readonly #input = buildFacadeSchema().schema.getType("CreateIdentityInput") as GraphQLInputObjectType;

  constructor(
    private readonly schemas: ImportSchemas,
    private readonly options: ParseOptions,
  ) {}

  /** @throws {SourceError} if a column has no place in an identity */
  async parse(record: SourceRecord): Promise<Parsed> {
    if (record.problem !== undefined) return { record, problems: [record.problem] };
    const { schemaId } = this.options;
    let value: Readonly<Record<string, unknown>>;
    try {
      const read = record.cells ? await this.#fromCells(record.cells) : parseObject(record.text);
      value = { ...(schemaId !== undefined && { schemaId }), ...read };
    } catch (error) {
      if (error instanceof SyntaxError) return { record, problems: [error.message] };
      throw error;
    }
    // Fields that begin with _ are remarks, such as the _error in a file of failures.
    const fields = Object.fromEntries(Object.entries(value).filter(([key]) => !key.startsWith("_")));
    const problems: string[] = [];
    const input = coerceInputValue(fields, this.#input, (path, _, { message }) => problems.push(path.length > 0 ? `${path.join(".")}: ${message}` : message)) as CreateIdentityInput;
    if (problems.length > 0) return { record, value: fields, problems };
    return { record, value: fields, identity: toNewIdentity(input, new GivenTraits(input.traits!, ["traits"]), ANYBODY), problems };
  }

  /** An empty cell is left out. */
  async #fromCells(cells: ReadonlyMap<string, string>): Promise<Record<string, unknown>> {
    const paths = [...cells].flatMap(([name, text]) => {
      const path = this.#toPath(name);
      return path === undefined || text === "" ? [] : [{ path, text }];
    });
    const schemaId = paths.find(({ path }) => path.join(".") === "schemaId")?.text ?? this.options.schemaId;
    const schema = schemaId === undefined ? undefined : await this.schemas.get(schemaId);
    const value: Record<string, unknown> = {};
    for (const { path, text } of paths) {
      const [root, ...rest] = path;
      setAt(value, path, toValue(text, root === "traits" ? schema?.getType(rest) : this.#getType(path)));
    }
    return value;
  }

  #toPath(column: string): readonly string[] | undefined {
    const mapped = this.options.columns.get(column);
    if (mapped === "") return undefined;
    const path = (mapped ?? column).split(".");
    const [root = ""] = path;
    if (!Object.hasOwn(this.#input.getFields(), root) || path.some((key) => key === "" || key === "__proto__")) {
      throw new SourceError(
        `expected a path such as traits.email for the column ${JSON.stringify(column)}; map it to a path with --map "${column}=traits.email", or omit it with --map "${column}="`,
      );
    }
    return path;
  }

  /** The type of a cell that is not a trait, as a type of JSON Schema. */
  #getType(path: readonly string[]): string | undefined {
    let type: GraphQLInputType | undefined = this.#input;
    for (const key of path) {
      const nullable: GraphQLInputType | undefined = type && getNullableType(type);
      if (isListType(nullable)) type = nullable.ofType as GraphQLInputType;
      else type = isInputObjectType(nullable) ? nullable.getFields()[key]?.type : undefined;
    }
    const name = type && String(getNullableType(type));
    if (name === "Boolean") return "boolean";
    return name === "JSON" || name === "JSONObject" ? "object" : undefined;
  }
}

/** @throws {SyntaxError} if the text is not a JSON object */
function parseObject(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new SyntaxError('Expected a JSON object on one line, e.g. {"schemaId":"default","traits":{"email":"ann@example.com"}}.');
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new SyntaxError(`Expected a JSON object; received ${Array.isArray(value) ? "a list" : JSON.stringify(value).slice(0, 40)}.`);
}

/** A cell that cannot be converted to its type remains text, so that Kratos reports the error. */
function toValue(text: string, type: string | undefined): unknown {
  switch (type) {
    case "integer":
    case "number":
      return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
    case "boolean":
      return /^true$/i.test(text) ? true : /^false$/i.test(text) ? false : text;
    case "array":
    case "object":
      try {
        return JSON.parse(text) as unknown;
      } catch {
        return text;
      }
    default:
      return text;
  }
}

/** A number in a path is an index of a list. */
function setAt(target: Record<string, unknown>, [key = "", ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    target[key] = value;
    return;
  }
  const existing = Object.hasOwn(target, key) ? target[key] : undefined;
  const next = typeof existing === "object" && existing !== null ? existing : /^\d+$/.test(rest[0]!) ? [] : {};
  target[key] = next;
  setAt(next as Record<string, unknown>, rest, value);
}
