import { buildSchema, execute, extendSchema, getNamedType, type GraphQLObjectType, type GraphQLOutputType, isObjectType, parse, printType, validate, validateSchema } from "graphql";
import { type CompiledQuery, compileQuery, isCompiledQuery } from "graphql-jit";
import { addTraits, type TraitsSchema } from "../../../src/graphql/traits/traits.js";

/** A graph with what typed traits are added to. */
const GRAPH = buildSchema("scalar JSON scalar JSONObject type Identity { id: ID } type Query { identity: Identity }");

export const customer = (schema: object): TraitsSchema => ({ name: "Customer", id: "customer", source: "customer.json", schema });

/** An identity schema with traits that have these properties. */
export const withTraits = (properties: object, others: object = {}) => ({ properties: { traits: { type: "object", properties, ...others } } });

/** Types the traits of an identity schema, and reads and writes them over GraphQL. */
export function typeTraits(schema: object, trustsSchema = false) {
  const { graph, traits: [traits], notes } = addTraits(GRAPH, [customer(schema)], { trustsSchema });
  const extended = extendSchema(graph, parse(`extend type Query { write(input: ${traits!.inputType}): JSON merge(input: ${traits!.patchInputType}): JSON }`));
  const fields = extended.getQueryType()!.getFields();
  fields["write"]!.resolve = (_, { input }) => traits!.toTraits(input);
  fields["merge"]!.resolve = (_, { input }) => traits!.toMergePatch(input);
  const type = (extended.getType("Identity") as GraphQLObjectType).getFields()["customerTraits"]!.type;
  const document = parse(`{ identity { customerTraits ${selectAll(type)} } }`);

  let query: CompiledQuery["query"] | undefined;
  const compile = () => {
    const compiled = compileQuery(extended, document);
    if (!isCompiledQuery(compiled)) throw new Error(JSON.stringify(compiled));
    return compiled.query;
  };

  const pass = (field: string, inputType: string, input: unknown) => {
    const { data, errors } = execute({ schema: extended, document: parse(`query ($input: ${inputType}) { ${field}(input: $input) }`), variableValues: { input } }) as any;
    if (errors) throw new Error(errors[0].message);
    return JSON.parse(JSON.stringify(data[field])) as unknown;
  };

  return {
    schema: extended,
    traits: traits!,
    notes: notes.map(({ at, message }) => `${at.slice(2).filter((key) => key !== "properties").join("/")} ${message}`),
    problems: () => [...validateSchema(extended), ...validate(extended, document)],
    print: (name: string) => printType(extended.getType(name)!).replace(/"""[^]*?"""\s*/g, "").replace(/\s+/g, " "),
    describe: (name: string) => printType(extended.getType(name)!),
    /** Selects all typed traits, as the server does: with graphql-jit. */
    read(value: unknown) {
      query ??= compile();
      const { data, errors } = query({ identity: { schemaId: "customer", traits: value } }, {}, {}) as { data: any; errors?: any[] };
      return { value: JSON.parse(JSON.stringify(data.identity.customerTraits)) as any, errors: toErrors(errors) };
    },
    readWithGraphqlJs(value: unknown) {
      const { data, errors } = execute({ schema: extended, document, rootValue: { identity: { schemaId: "customer", traits: value } } }) as any;
      return { value: JSON.parse(JSON.stringify(data.identity.customerTraits)) as any, errors: toErrors(errors) };
    },
    /** Passes a typed input, and returns the traits that Kratos would get. */
    write: (input: unknown) => pass("write", traits!.inputType, input),
    /** Passes a typed input, and returns what would be merged into the traits. */
    merge: (input: unknown) => pass("merge", traits!.patchInputType, input),
  };
}

function toErrors(errors: readonly any[] = []): string[] {
  return errors.map(({ path, message, extensions }) => `${extensions?.code} ${path.slice(2).join(".")}: ${message}`);
}

/** Selects every field. Types that contain themselves are selected a few levels deep. */
function selectAll(type: GraphQLOutputType, above: readonly string[] = []): string {
  const named = getNamedType(type);
  if (!isObjectType(named)) return "";
  const within = [...above, named.name];
  const fields = Object.values(named.getFields()).flatMap((field) => {
    const inner = getNamedType(field.type);
    return within.filter((name) => name === inner.name).length < 3 ? [`${field.name} ${selectAll(field.type, within)}`] : [];
  });
  return `{ ${fields.join(" ") || "__typename"} }`;
}

/** Without the keys whose value is null, at any depth. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== null).map(([key, part]) => [key, withoutNulls(part)]));
}
