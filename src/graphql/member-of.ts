/**
 * A value of one of Kratos' closed sets, as the enum that the graph has for it.
 * @returns null for none, and for one that is not in the set
 */
export function memberOf<Member extends string>(members: Readonly<Record<string, Member>>, value: string | undefined): Member | null {
  return Object.values(members).find((member) => member === value) ?? null;
}
