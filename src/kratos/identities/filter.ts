import type { KratosApi } from "../api.js";
import { KratosMalformedIdentityError } from "../errors.js";
import type { Feature } from "../features.js";
import type { WireIdentity } from "../types.js";
import { getIdentities, IDS_PER_REQUEST, type IdentityOrError } from "./get.js";
import { listByKeyset, requestList, type IdentityPage, type PagePosition } from "./list.js";

/** Which identities to list. Kratos combines no filters. */
export type IdentityFilter =
  /** Those who sign in with it. Kratos ignores case and surrounding spaces, except in the subject of an OpenID Connect provider. Not blank. */
  | { readonly identifier: string }
  /** Those who sign in with what begins with it. Not blank. */
  | { readonly identifierPrefix: string }
  /** Those with these IDs, which are UUIDs. */
  | { readonly ids: readonly string[] }
  /** Those of an organization. Its ID is a UUID. */
  | { readonly organizationId: string };

/** How a filter is sent to Kratos. */
export interface Condition {
  /** What it does, for an error. */
  readonly name: string;
  readonly feature: Feature;
  readonly parameters: Readonly<Record<string, string>>;
  /** Whether an identity can be in the list. A version that does not know the parameters lists everybody. */
  readonly isMatch: (identity: WireIdentity) => boolean;
}

/**
 * Lists the identities that match a filter.
 * @param first maximum number of identities
 * @param credentials whether to get the credentials, too, if this version lists them
 * @param deadline one for all requests
 * @throws {KratosUnsupportedError} if this version does not have the filter
 */
export async function listFiltered(
  api: KratosApi,
  first: number,
  after: PagePosition | undefined,
  filter: IdentityFilter,
  credentials: boolean,
  deadline: number,
): Promise<IdentityPage> {
  if ("ids" in filter) return listIds(api, first, after, filter.ids, credentials, deadline);
  const condition = toCondition(filter);
  api.require("listIdentities", condition.feature, condition.name);
  if ("identifier" in filter) return listIdentifier(api, first, after, credentials, condition);
  return listByKeyset(api, first, after, credentials, condition);
}

function toCondition(filter: Exclude<IdentityFilter, { readonly ids: unknown }>): Condition {
  if ("organizationId" in filter) {
    const organizationId = filter.organizationId.toLowerCase();
    return {
      name: "Listing the identities of an organization",
      feature: "organizationFilter",
      parameters: { organization_id: organizationId },
      isMatch: ({ organization_id }) => organization_id?.toLowerCase() === organizationId,
    };
  }
  // Kratos lists identities with their credentials only if it searches them for an identifier.
  const isMatch = (identity: WireIdentity) => "credentials" in identity;
  return "identifier" in filter
    ? {
        name: "Finding identities by their identifiers",
        feature: "identifierFilter",
        parameters: { credentials_identifier: filter.identifier },
        isMatch,
      }
    : {
        name: "Finding identities by the start of their identifiers",
        feature: "identifierPrefixFilter",
        parameters: { preview_credentials_identifier_similar: filter.identifierPrefix },
        isMatch,
      };
}

/**
 * Several identities can have an identifier, e.g. as a password's and as that of a provider, but never more than a page. Before
 * v1.1, every page that is requested is the first one, and one identity can be in it twice.
 */
async function listIdentifier(
  api: KratosApi,
  first: number,
  after: PagePosition | undefined,
  credentials: boolean,
  condition: Condition,
): Promise<IdentityPage> {
  const identities = await requestList(api, {}, condition, credentials);
  const { keysetPages } = api.version.features;
  const sorted = [...new Map(identities.map((identity) => [identity.id, identity])).values()].sort((a, b) => (a.id < b.id === keysetPages ? -1 : 1));
  const index = after ? sorted.filter(({ id }) => id === after.id || id < after.id === keysetPages).length : 0;
  const rest = sorted.slice(index);
  return { identities: rest.slice(0, first), hasNextPage: rest.length > first, ...(!keysetPages && { firstIndex: index }) };
}

/** In ascending order of ID, as in the lists of Kratos. Pages are made here, as Kratos would need all of the IDs for each page. */
async function listIds(
  api: KratosApi,
  first: number,
  after: PagePosition | undefined,
  ids: readonly string[],
  credentials: boolean,
  deadline: number,
): Promise<IdentityPage> {
  api.require("listIdentities", "idsFilter", "Listing identities by their IDs");
  const sorted = [...new Set(ids.map((id) => id.toLowerCase()))].sort();
  const rest = after ? sorted.filter((id) => id > after.id) : sorted;
  const identities: IdentityOrError[] = [];
  for (let at = 0; at < rest.length && identities.length <= first; at += IDS_PER_REQUEST) {
    const found = await getIdentities(api, rest.slice(at, at + IDS_PER_REQUEST), deadline, credentials);
    for (const identity of found.values()) {
      if (identity instanceof Error && !(identity instanceof KratosMalformedIdentityError)) throw identity;
      identities.push(identity);
    }
  }
  return { identities: identities.slice(0, first), hasNextPage: identities.length > first };
}
