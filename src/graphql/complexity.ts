import { type GraphQLNamedType, isCompositeType } from "graphql";
import { GraphQLJSON, GraphQLJSONObject } from "graphql-scalars";
import { IDS_PER_REQUEST } from "../kratos/index.js";

/*
 * The costs of fields. The server adds them up itself (src/server/limits): graphql-query-complexity takes 10 to 14 ms for a
 * fragment bomb, and depends on the deprecated lodash.get.
 */

type Args = Readonly<Record<string, unknown>>;

/** `complexity` of a field: its cost without its selections, or a function that computes the cost from them and the arguments. */
export type Cost = number | CostFunction | ListCost;

type CostFunction = (field: { readonly args: Args; readonly childComplexity: number }) => number;

/** The cost of a connection, with what a gateway can know of it: its cost without arguments and edges, and the default of `first`. */
export type ListCost = CostFunction & { readonly weight: number; readonly assumedSize: number };

/** Cost of a request to Kratos that reads. */
const REQUEST = 10;

/** Cost of a value of JSON. Traits, metadata and schemas are mostly larger than all other fields of their object together. */
const JSON_VALUE = 2;

const JSON_TYPES: ReadonlySet<string> = new Set([GraphQLJSON.name, GraphQLJSONObject.name]);

/**
 * Cost of a field that has no `complexity`, without its selections: 1 for an object, nothing for a scalar.
 * @param isAliased true if the field has an alias, so that a response may contain its value many times
 */
export function getFieldCost(type: GraphQLNamedType, isAliased: boolean): number {
  if (isCompositeType(type)) return 1;
  return (isAliased ? 1 : 0) + (JSON_TYPES.has(type.name) ? JSON_VALUE : 0);
}

/** A field that sends one request to Kratos. */
export const oneRequest: Cost = REQUEST;

/** A field that sends two requests to Kratos, or one that changes something. */
export const twoRequests: Cost = 2 * REQUEST;

/** A field that sends four requests to Kratos, or reads what it changes. */
export const fourRequests: Cost = 4 * REQUEST;

/**
 * A field that gets a connection.
 * @param getRequests returns the maximum number of requests to Kratos
 */
export function listCost(getLength: (args: Args) => number, getRequests: (args: Args) => number): ListCost {
  const cost: CostFunction = ({ args, childComplexity }) => REQUEST * getRequests(args) + getLength(args) * (1 + childComplexity);
  return Object.assign(cost, { weight: REQUEST * getRequests({}), assumedSize: getLength({}) });
}

/** `importIdentities`: Kratos creates the identities in a few requests, hashes each password, and looks them up by ID. */
export const importCost: Cost = ({ args, childComplexity }) => {
  const { identities } = args["input"] as { readonly identities: readonly { readonly credentials?: { readonly password?: { readonly password?: unknown } | null } | null }[] };
  const passwords = identities.filter(({ credentials }) => credentials?.password?.password).length;
  return 2 * REQUEST * Math.ceil(identities.length / IDS_PER_REQUEST) + REQUEST * passwords + identities.length * (1 + childComplexity);
};

/** `_entities`: all identities that are given by ID share a request to Kratos, and each other entity takes its own. */
export const entitiesCost: Cost = ({ args, childComplexity }) => {
  const representations = args["representations"] as readonly ({ readonly __typename?: unknown; readonly id?: unknown } | null)[];
  const others = representations.filter((representation) => representation?.__typename !== "Identity" || typeof representation.id !== "string").length;
  return REQUEST * (1 + others) + representations.length * (1 + childComplexity);
};
