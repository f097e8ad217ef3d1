import { Kind, visit, type DocumentNode, type SelectionSetNode } from "graphql";
import { fragmentsOf } from "../documents/fragments-of.js";

/** Selections of a document with its fragments written out. Applications ask for some hundreds. */
const MOST_SELECTIONS = 2_000;

/**
 * Whether the compiler can be trusted with a valid document. It is not where
 * - fragments that spread fragments grow large: it writes each out wherever it is spread, thirty that spread the next one
 *   twice a billion times;
 * - a fragment and a `@skip` or `@include` are in one document: it keeps the condition at the fragment's own fields, where
 *   it holds for all other places that spread it too;
 * - a name is one that every object in JavaScript has, as `constructor`: it looks names up in plain objects.
 */
export function isCompilable(document: DocumentNode): boolean {
  let compilable = true;
  const hasFragments = document.definitions.some(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  visit(document, {
    Name: ({ value }) => {
      if (value in Object.prototype) compilable = false;
    },
    Directive: () => {
      if (hasFragments) compilable = false;
    },
  });
  return compilable && writtenOut(document) <= MOST_SELECTIONS;
}

/** How many selections a document's operations have when each spread is replaced by its fragment. */
function writtenOut(document: DocumentNode): number {
  const fragments = fragmentsOf(document);
  const sizes = new Map<string, number>();
  const ofFragment = (name: string): number => {
    const known = sizes.get(name);
    if (known !== undefined) return known;
    const fragment = fragments.get(name);
    const size = fragment ? sizeOf(fragment.selectionSet) : 0;
    sizes.set(name, size);
    return size;
  };
  const sizeOf = ({ selections }: SelectionSetNode): number => {
    let sum = selections.length;
    for (const selection of selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) sum += ofFragment(selection.name.value);
      else if (selection.selectionSet) sum += sizeOf(selection.selectionSet);
    }
    return sum;
  };
  return document.definitions.reduce((sum, one) => sum + (one.kind === Kind.OPERATION_DEFINITION ? sizeOf(one.selectionSet) : 0), 0);
}
