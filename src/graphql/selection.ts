import { type FieldNode, getDirectiveValues, GraphQLIncludeDirective, type GraphQLResolveInfo, GraphQLSkipDirective, Kind, type SelectionNode, type SelectionSetNode } from "graphql";

/**
 * The names of the fields that are selected of the field that is resolved, so that nothing else has to be requested. Conditions
 * of fragments on types are ignored: there may be too many names, but none is missing.
 * @param path names of the fields that lead from there to the object in question, e.g. `["edges", "node"]`
 */
export function getSelectedFields(info: GraphQLResolveInfo, path: readonly string[] = []): ReadonlySet<string> {
  const nodes = path.reduce<readonly FieldNode[]>((parents, name) => getFields(info, parents).filter((field) => field.name.value === name), info.fieldNodes);
  return new Set(getFields(info, nodes).map((field) => field.name.value));
}

/** Whether a field with this name is selected anywhere below the field that is resolved. For names that only one type has. */
export function selectsField(info: GraphQLResolveInfo, name: string): boolean {
  let fields = getFields(info, info.fieldNodes);
  while (fields.length > 0) {
    if (fields.some((field) => field.name.value === name)) return true;
    fields = getFields(info, fields);
  }
  return false;
}

/** The fields that are selected of fields, on the next level. */
function getFields(info: GraphQLResolveInfo, parents: readonly FieldNode[]): FieldNode[] {
  // A fragment can be spread many times, but adds its fields only once.
  const spread = new Set<string>();
  const collect = (set: SelectionSetNode | undefined): FieldNode[] =>
    (set?.selections ?? []).flatMap((selection) => {
      if (!isIncluded(info, selection)) return [];
      if (selection.kind === Kind.FIELD) return selection;
      if (selection.kind === Kind.INLINE_FRAGMENT) return collect(selection.selectionSet);
      const { value: name } = selection.name;
      if (spread.has(name)) return [];
      spread.add(name);
      return collect(info.fragments[name]?.selectionSet);
    });
  return parents.flatMap(({ selectionSet }) => collect(selectionSet));
}

function isIncluded({ variableValues }: GraphQLResolveInfo, selection: SelectionNode): boolean {
  if (getDirectiveValues(GraphQLSkipDirective, selection, variableValues)?.["if"] === true) return false;
  return getDirectiveValues(GraphQLIncludeDirective, selection, variableValues)?.["if"] !== false;
}
