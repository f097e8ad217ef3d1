/** What a field costs, as its `complexity`: a number beside what is selected in it, or worked out from that and its arguments. */
export type Cost = number | ((field: { readonly args: Record<string, unknown>; readonly childComplexity: number }) => number);

/** A request to Kratos that reads. An object of an answer costs 1, a scalar nothing. */
const REQUEST = 10;

/** A field that makes one request to Kratos. */
export const oneRequest: Cost = REQUEST;

/** A field that makes two, or one that changes something. */
export const twoRequests: Cost = 2 * REQUEST;

/** The references of a router: identities come together, each schema by a request of its own. */
export const references: Cost = ({ args, childComplexity }) => {
  const given = args["representations"] as readonly ({ readonly __typename?: unknown } | null)[];
  const schemas = given.filter((reference) => reference?.__typename === "IdentitySchema").length;
  return REQUEST * (1 + schemas) + given.length * (1 + childComplexity);
};

/** A field that gives several things for one request. */
export function manyForOne(count: (args: Record<string, unknown>) => number): Cost {
  return ({ args, childComplexity }) => REQUEST + count(args) * (1 + childComplexity);
}
