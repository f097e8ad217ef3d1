import { maxAliasesRule } from "@escape.tech/graphql-armor-max-aliases";
import { maxDepthRule } from "@escape.tech/graphql-armor-max-depth";
import { maxDirectivesRule } from "@escape.tech/graphql-armor-max-directives";
import { GraphQLError, type GraphQLFormattedError, type ValidationContext, type ValidationRule } from "graphql";

/** How large one operation may be. What is larger is refused before Kratos is asked for anything. */
export interface Limits {
  /** Fields within fields; introspection's do not count. */
  readonly depth: number;
  /** Fields under another name. */
  readonly aliases: number;
  /** Fields of Query or Mutation. */
  readonly rootFields: number;
  readonly directives: number;
  /** Words and signs of the document. */
  readonly tokens: number;
  /** What docs/security.md prices: 1 for an object, 10 for a request to Kratos. */
  readonly cost: number;
}

/** Far above what applications ask for: a page of 250 with all there is costs some 4,000. */
export const DEFAULT_LIMITS: Limits = { depth: 15, aliases: 50, rootFields: 50, directives: 50, tokens: 5_000, cost: 10_000 };

/** An operation that is larger than one of the limits. */
export function limitError(limit: string, most: number, found: number | string): GraphQLError {
  return new GraphQLError(`The operation is too large: its ${limit} may be ${most} at the most, and it is ${found}. Ask for less at a time.`, {
    extensions: { code: "OPERATION_TOO_LARGE", limit, most, http: { status: 400 } },
  });
}

/** The limits that a document keeps or not whatever its variables are: checked as it is validated, once a document. */
export function limitRules({ depth, aliases, directives }: Limits): ValidationRule[] {
  return [
    maxDepthRule({ n: depth, flattenFragments: true, ...reportAs("depth", depth) }),
    maxAliasesRule({ n: aliases, ...reportAs("number of aliases", aliases) }),
    maxDirectivesRule({ n: directives, ...reportAs("number of directives", directives) }),
  ] as ValidationRule[];
}

/** By themselves the rules throw, which Apollo Server takes for its own failure, and call it a syntax error. */
function reportAs(limit: string, most: number) {
  const report = (context: ValidationContext | null, error: GraphQLError) => {
    const [found = "more"] = /\d+(?=\.$)/.exec(error.message) ?? [];
    context?.reportError(limitError(limit, most, found));
  };
  return { propagateOnRejection: false, onReject: [report] };
}

/** What graphql-js by itself finds too large: how its message begins, and how ours says it. */
const FOUND: readonly (readonly [start: string, limit: string, message: (limits: Limits) => string])[] = [
  ["Syntax Error: Document contains more that ", "number of tokens", ({ tokens }) => `its number of tokens may be ${tokens} at the most, and it is more`],
  ["Maximum call stack size exceeded", "nesting", () => "its lists, objects or selections are nested too deeply to be read"],
  ["Validation aborted.", "overlapping fields", () => "too many of its fields have one name in one place"],
];

/** An error in the words and with the code that the other limits have, where it is one of a limit. */
export function asLimit(formatted: GraphQLFormattedError, limits: Limits): GraphQLFormattedError {
  const { message, locations, extensions } = formatted;
  const code = "OPERATION_TOO_LARGE";
  // Apollo Server gives all that it refuses as it validates one code.
  if (extensions?.["limit"] !== undefined) return { ...formatted, extensions: { ...extensions, code } };
  const isRefusal = ["GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED"].includes(String(extensions?.["code"]));
  const [, limit, found] = (isRefusal && FOUND.find(([start]) => message.startsWith(start))) || [];
  if (!limit || !found) return formatted;
  return { message: `The operation is too large: ${found(limits)}. Ask for less at a time.`, locations, extensions: { code, limit } };
}
