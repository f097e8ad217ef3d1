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
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  typeFromAST,
} from "graphql";
import type { Cost } from "../../graphql/complexity.js";
import { getFragments } from "../apollo/document.js";

type Variables = Readonly<Record<string, unknown>>;

/** What an operation costs, whatever its variables are or with the given ones. */
export interface OperationCost {
  readonly cost: number;
  readonly isFixed: boolean;
}

/**
 * What an operation costs: the sum of its fields, each by the `complexity` in its extensions, or else 1 for an object and
 * nothing for a scalar. Each fragment is worked out once, however often it is spread, so the counting itself stays cheap.
 * @returns null where the variables that it depends on do not fit; such an operation is refused before anything is resolved
 * @throws {GraphQLError} where an argument is null that must not be
 */
export function getQueryCost(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, given: Variables): OperationCost | null {
  const definitions = operation.variableDefinitions ?? [];
  // Only a variable that may be null can be so where it must not, in place of its default.
  const mayBeNull = definitions.some(({ type }) => type.kind !== Kind.NON_NULL_TYPE);
  const counter = new CostCounter(schema, document, mayBeNull, () => getVariableValues(schema, definitions, given, { maxErrors: 1 }).coerced);
  const root = schema.getRootType(operation.operation);
  if (!root) return null;
  try {
    return { cost: counter.ofSelections(operation.selectionSet, root), isFixed: counter.isFixed };
  } catch (error) {
    if (error instanceof MisfitVariables) return null;
    throw error;
  }
}

class MisfitVariables extends Error {}

class CostCounter {
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #costs = new Map<string, number>();
  #variables?: Variables;

  constructor(
    private readonly schema: GraphQLSchema,
    document: DocumentNode,
    private readonly mayBeNull: boolean,
    private readonly readVariables: () => Variables | undefined,
  ) {
    this.#fragments = getFragments(document);
  }

  /** Whether no variable was looked at. */
  get isFixed(): boolean {
    return this.#variables === undefined;
  }

  get variables(): Variables {
    this.#variables ??= this.readVariables();
    if (!this.#variables) throw new MisfitVariables();
    return this.#variables;
  }

  ofSelections({ selections }: SelectionSetNode, type: GraphQLNamedType): number {
    let sum = 0;
    for (const selection of selections) if (this.#isIn(selection)) sum += this.#ofSelection(selection, type);
    return sum;
  }

  #ofSelection(selection: SelectionNode, type: GraphQLNamedType): number {
    switch (selection.kind) {
      case Kind.FIELD:
        return this.#ofField(selection, type);
      case Kind.INLINE_FRAGMENT:
        return this.ofSelections(selection.selectionSet, selection.typeCondition ? typeFromAST(this.schema, selection.typeCondition)! : type);
      case Kind.FRAGMENT_SPREAD:
        return this.#ofFragment(selection.name.value);
    }
  }

  #ofFragment(name: string): number {
    const known = this.#costs.get(name);
    if (known !== undefined) return known;
    const { selectionSet, typeCondition } = this.#fragments.get(name)!;
    const cost = this.ofSelections(selectionSet, typeFromAST(this.schema, typeCondition)!);
    this.#costs.set(name, cost);
    return cost;
  }

  #ofField(node: FieldNode, parent: GraphQLNamedType): number {
    const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node.name.value] : undefined;
    // __typename and the introspection fields cost nothing.
    if (!field) return 0;
    const type = getNamedType(field.type);
    const childComplexity = node.selectionSet ? this.ofSelections(node.selectionSet, type) : 0;
    const complexity = field.extensions["complexity"] as Cost | undefined;
    if (complexity === undefined) return (isCompositeType(type) ? 1 : 0) + childComplexity;
    if (typeof complexity === "number" && !this.mayBeNull) return complexity + childComplexity;
    const args = getArgumentValues(field, node, this.variables);
    return typeof complexity === "number" ? complexity + childComplexity : complexity({ args, childComplexity });
  }

  #isIn(node: SelectionNode): boolean {
    if (!node.directives?.length) return true;
    const skip = getDirectiveValues(GraphQLSkipDirective, node, this.variables);
    const include = getDirectiveValues(GraphQLIncludeDirective, node, this.variables);
    return skip?.["if"] !== true && include?.["if"] !== false;
  }
}
