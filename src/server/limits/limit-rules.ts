import { maxAliasesRule } from "@escape.tech/graphql-armor-max-aliases";
import { maxDepthRule } from "@escape.tech/graphql-armor-max-depth";
import { maxDirectivesRule } from "@escape.tech/graphql-armor-max-directives";
import type { GraphQLError, ValidationContext, ValidationRule } from "graphql";
import { limitError } from "./limit-error.js";
import type { Limits } from "./limits.js";

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
