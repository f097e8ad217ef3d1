import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getArgumentValues,
  getDirectiveValues,
  getNamedType,
  getVariableValues,
  GraphQLIncludeDirective,
  type GraphQLNamedType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  typeFromAST,
} from "graphql";
import { type Cost, getFieldCost } from "../../graphql/complexity.js";
import { getFragments } from "../document.js";

type Variables = Readonly<Record<string, unknown>>;

export interface QueryCost {
  readonly cost: number;
  /** Whether the cost is the same for all variables. */
  readonly isFixed: boolean;
}

/**
 * Computes the cost of an operation: the sum of its fields' costs. A field's cost is given by `complexity` in its extensions,
 * or else by its type.
 *
 * Own code, because graphql-query-complexity evaluates a fragment each time it is spread, and so takes 10 to 14 ms for a
 * document of fragments that spread each other. This evaluates each fragment once.
 * @returns null if the cost depends on variables that are invalid; execution will refuse them
 * @throws {GraphQLError} if an argument is null that must not be
 */
export function getQueryCost(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, inputs: Variables): QueryCost | null {
  const root = schema.getRootType(operation.operation);
  if (!root) return null;
  const definitions = operation.variableDefinitions ?? [];
  // A nullable variable with a default may be used for a non-null argument, and still be null.
  const mayBeNull = definitions.some(({ type }) => type.kind !== Kind.NON_NULL_TYPE);
  const coerceVariables = () => getVariableValues(schema, definitions, inputs, { maxErrors: 1 }).coerced;
  const calculator = new CostCalculator(schema, document, mayBeNull, coerceVariables);
  try {
    return { cost: calculator.getSelectionsCost(operation.selectionSet, root), isFixed: !calculator.usesVariables };
  } catch (error) {
    if (error instanceof InvalidVariablesError) return null;
    throw error;
  }
}

class InvalidVariablesError extends Error {}

class CostCalculator {
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #fragmentCosts = new Map<string, number>();
  #variables?: Variables;

  constructor(
    private readonly schema: GraphQLSchema,
    document: DocumentNode,
    private readonly mayBeNull: boolean,
    private readonly coerceVariables: () => Variables | undefined,
  ) {
    this.#fragments = getFragments(document);
  }

  get usesVariables(): boolean {
    return this.#variables !== undefined;
  }

  getSelectionsCost({ selections }: SelectionSetNode, type: GraphQLNamedType): number {
    let sum = 0;
    for (const selection of selections) if (this.#isIncluded(selection)) sum += this.#getSelectionCost(selection, type);
    return sum;
  }

  #getSelectionCost(selection: SelectionNode, type: GraphQLNamedType): number {
    switch (selection.kind) {
      case Kind.FIELD:
        return this.#getFieldCost(selection, type);
      case Kind.INLINE_FRAGMENT:
        return this.getSelectionsCost(selection.selectionSet, selection.typeCondition ? typeFromAST(this.schema, selection.typeCondition)! : type);
      case Kind.FRAGMENT_SPREAD:
        return this.#getFragmentCost(selection.name.value);
    }
  }

  #getFragmentCost(name: string): number {
    const known = this.#fragmentCosts.get(name);
    if (known !== undefined) return known;
    const { selectionSet, typeCondition } = this.#fragments.get(name)!;
    const cost = this.getSelectionsCost(selectionSet, typeFromAST(this.schema, typeCondition)!);
    this.#fragmentCosts.set(name, cost);
    return cost;
  }

  #getFieldCost(node: FieldNode, parent: GraphQLNamedType): number {
    const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node.name.value] : undefined;
    // __typename and the introspection fields cost nothing.
    if (!field) return 0;
    const type = getNamedType(field.type);
    const childComplexity = node.selectionSet ? this.getSelectionsCost(node.selectionSet, type) : 0;
    const complexity = field.extensions["complexity"] as Cost | undefined;
    if (complexity === undefined) return getFieldCost(type, node.alias !== undefined) + childComplexity;
    if (typeof complexity === "number" && !this.mayBeNull) return complexity + childComplexity;
    const args = getArgumentValues(field, node, this.#getVariables());
    return typeof complexity === "number" ? complexity + childComplexity : complexity({ args, childComplexity });
  }

  #isIncluded(node: SelectionNode): boolean {
    if (!node.directives?.length) return true;
    const skip = getDirectiveValues(GraphQLSkipDirective, node, this.#getVariables());
    const include = getDirectiveValues(GraphQLIncludeDirective, node, this.#getVariables());
    return skip?.["if"] !== true && include?.["if"] !== false;
  }

  #getVariables(): Variables {
    this.#variables ??= this.coerceVariables();
    if (!this.#variables) throw new InvalidVariablesError();
    return this.#variables;
  }
}
