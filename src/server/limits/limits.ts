import { maxAliasesRule } from "@escape.tech/graphql-armor-max-aliases";
import { maxDepthRule } from "@escape.tech/graphql-armor-max-depth";
import { maxDirectivesRule } from "@escape.tech/graphql-armor-max-directives";
import {
  type ASTVisitor,
  type DocumentNode,
  GraphQLError,
  type GraphQLFormattedError,
  Kind,
  NoFragmentCyclesRule,
  validate,
  type ValidationContext,
  type ValidationRule,
  visit,
} from "graphql";

/** Maximum size of an operation. A larger one is refused before any request is sent to Kratos. */
export interface Limits {
  /** Nesting of fields, except introspection fields. */
  readonly depth: number;
  readonly aliases: number;
  /** Fields of Query or Mutation. */
  readonly rootFields: number;
  readonly directives: number;
  /** Lexical tokens of the document. */
  readonly tokens: number;
  /** Cost of the fields: 1 for an object, 2 for JSON, 10 for a request to Kratos (docs/security.md). */
  readonly cost: number;
}

/** Far above what applications need: a page of 250 identities with all their fields costs about 6,000. */
export const DEFAULT_LIMITS: Limits = { depth: 15, aliases: 50, rootFields: 50, directives: 50, tokens: 2_000, cost: 10_000 };

const CODE = "OPERATION_TOO_LARGE";

/** An operation exceeds a limit. */
export function limitError(limit: string, max: number, actual: number | string, advice?: string): GraphQLError {
  return new GraphQLError(tooLarge(`its ${limit} is ${actual}, but the limit is ${max}`, advice), {
    extensions: { code: CODE, limit, most: max, http: { status: 400 } },
  });
}

function tooLarge(reason: string, advice = "Split it into smaller operations."): string {
  return `The operation is too large: ${reason}. ${advice}`;
}

/** Maximum number of characters of a document. Values belong in variables, which a document does not contain. */
const MAX_CHARACTERS = 100_000;
const MAX_FRAGMENTS = 50;
/** Maximum number of characters of a name or an alias. The path of every error contains aliases. */
const MAX_NAME_LENGTH = 256;
/** Maximum number of pairs of fields that have the same name, or alias, and a selection of their own. */
const MAX_PAIRS = 20_000;

/**
 * Refuses a document that would be expensive to validate: graphql-js compares all fields of the same name with each other, and all
 * fragments, and it overflows the stack if long chains of fragments form a cycle.
 */
function documentRule(context: ValidationContext): ASTVisitor {
  return {
    Document(document) {
      const errors = [...getDocumentErrors(document), ...validate(context.getSchema(), document, [NoFragmentCyclesRule])];
      for (const error of errors) context.reportError(error);
      // Null removes the document, so that the other rules do not visit it.
      return errors.length > 0 ? null : undefined;
    },
  };
}

function* getDocumentErrors(document: DocumentNode): Generator<GraphQLError> {
  const characters = document.loc?.source.body.length ?? 0;
  if (characters > MAX_CHARACTERS) yield limitError("number of characters", MAX_CHARACTERS, characters, "Pass values as variables.");
  const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION).length;
  if (fragments > MAX_FRAGMENTS) yield limitError("number of fragments", MAX_FRAGMENTS, fragments);
  const counts = new Map<string, number>();
  let pairs = 0;
  let nameLength = 0;
  visit(document, {
    Name({ value }) {
      nameLength = Math.max(nameLength, value.length);
    },
    Field({ name, alias, selectionSet }) {
      if (!selectionSet) return;
      const key = (alias ?? name).value;
      const count = counts.get(key) ?? 0;
      counts.set(key, count + 1);
      pairs += count;
    },
  });
  if (nameLength > MAX_NAME_LENGTH) yield limitError("length of a name", MAX_NAME_LENGTH, nameLength, "Use a shorter name or alias.");
  if (pairs > MAX_PAIRS) yield limitError("number of pairs of fields with the same name", MAX_PAIRS, pairs);
}

/** Validation rules for the limits that do not depend on variables. They run once for each document, as Apollo Server caches valid ones. */
export function createLimitRules({ depth, aliases, directives }: Limits): ValidationRule[] {
  return [
    documentRule,
    maxDepthRule({ n: depth, flattenFragments: true, ...reportAs("depth", depth) }),
    maxAliasesRule({ n: aliases, ...reportAs("number of aliases", aliases) }),
    maxDirectivesRule({ n: directives, ...reportAs("number of directives", directives) }),
  ] as ValidationRule[];
}

/** By default the rules throw, which Apollo Server reports as a syntax error. */
function reportAs(limit: string, max: number) {
  const report = (context: ValidationContext | null, error: GraphQLError) => {
    const [actual = "larger"] = /\d+(?=\.$)/.exec(error.message) ?? [];
    context?.reportError(limitError(limit, max, actual));
  };
  return { propagateOnRejection: false, onReject: [report] };
}

/** Limits that graphql-js enforces with errors of its own: how their messages begin, and the reason that we give instead. */
const GRAPHQL_LIMITS: readonly (readonly [messageStart: string, limit: string, getReason: (limits: Limits) => string])[] = [
  ["Syntax Error: Document contains more that ", "number of tokens", ({ tokens }) => `its number of tokens exceeds the limit of ${tokens}`],
  ["Maximum call stack size exceeded", "nesting", () => "its lists, objects or selections are nested too deeply"],
  ["Validation aborted.", "overlapping fields", () => "too many of its fields have the same name in the same place"],
];

/** Gives an error that reports an exceeded limit the code and the message of `limitError`. Returns other errors unchanged. */
export function formatLimitError(formatted: GraphQLFormattedError, limits: Limits): GraphQLFormattedError {
  const { message, locations, extensions } = formatted;
  // Apollo Server replaces the code of every error of a validation rule.
  if (extensions?.["limit"] !== undefined) return { ...formatted, extensions: { ...extensions, code: CODE } };
  if (extensions?.["code"] !== "GRAPHQL_PARSE_FAILED" && extensions?.["code"] !== "GRAPHQL_VALIDATION_FAILED") return formatted;
  const [, limit, getReason] = GRAPHQL_LIMITS.find(([messageStart]) => message.startsWith(messageStart)) ?? [];
  if (!getReason) return formatted;
  return { message: tooLarge(getReason(limits)), locations, extensions: { code: CODE, limit } };
}
