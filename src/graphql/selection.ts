import { getDirectiveValues, GraphQLIncludeDirective, GraphQLSkipDirective, type GraphQLResolveInfo, Kind, type SelectionSetNode } from "graphql";

/**
 * Whether a field with this name is selected anywhere below the field that is resolved. For names that only one type has.
 */
export function selectsField({ fieldNodes, fragments, variableValues }: GraphQLResolveInfo, name: string): boolean {
  const spread = new Set<string>();
  const isIn = ({ selections }: SelectionSetNode): boolean =>
    selections.some((selection) => {
      if (getDirectiveValues(GraphQLSkipDirective, selection, variableValues)?.["if"] === true) return false;
      if (getDirectiveValues(GraphQLIncludeDirective, selection, variableValues)?.["if"] === false) return false;
      if (selection.kind === Kind.FIELD) return selection.name.value === name || (selection.selectionSet !== undefined && isIn(selection.selectionSet));
      if (selection.kind === Kind.INLINE_FRAGMENT) return isIn(selection.selectionSet);
      const fragment = fragments[selection.name.value];
      if (!fragment || spread.has(fragment.name.value)) return false;
      spread.add(fragment.name.value);
      return isIn(fragment.selectionSet);
    });
  return fieldNodes.some(({ selectionSet }) => selectionSet !== undefined && isIn(selectionSet));
}
