import { useQuery } from "@apollo/client/react";
import { useEffect } from "react";
import { SearchIdentitiesDocument, type IdentityRowFragment, type SearchIdentitiesQuery } from "../generated/graphql";
import { IdentityTable } from "../identities/IdentityTable";
import { ErrorPanel } from "../parts/ErrorPanel";
import { errorAt } from "../parts/message-of";
import { Page } from "../parts/Page";
import { Skeleton } from "../parts/Skeleton";
import { goOnTo, paths } from "../use-route";
import { SearchField } from "./SearchField";

const MOST = 20;

/** Shows the identities that a text finds. If it is the whole identifier of a single one, that one opens. */
export function Search({ text }: { text: string }) {
  const variables = { text, externalId: text, first: MOST };
  // Each way to search can fail by itself: not every Kratos has it, and not every caller may use it.
  const { data, error, loading, refetch } = useQuery(SearchIdentitiesDocument, { variables, fetchPolicy: "network-only", errorPolicy: "all" });
  const { exact, all } = found(data);
  const only = !loading && exact.length === 1 ? exact[0]!.id : undefined;

  useEffect(() => {
    if (only !== undefined) goOnTo(paths.identity(only));
  }, [only]);

  const failure = errorAt(error, "withIdentifier");
  return (
    <Page title="Search" back aside={<SearchField text={text} />}>
      {loading || only !== undefined ? (
        <Skeleton label="Searching…" lines={3} />
      ) : (
        <>
          {failure && <ErrorPanel title="The identities could not be searched." error={failure} onRetry={() => void refetch()} />}
          {all.length > 0 && <IdentityTable caption={`Identities found for “${text}”`} identities={all} />}
          {!failure && (
            <p role="status" className={all.length > 0 ? "found" : "panel empty"}>
              {summary(text, all.length, errorAt(error, "withPrefix") ? undefined : data?.withPrefix?.pageInfo)}
            </p>
          )}
        </>
      )}
    </Page>
  );
}

/** The identities in a result, each once: those whose identifier or external ID is the text come first. */
function found(data: SearchIdentitiesQuery | undefined): { exact: IdentityRowFragment[]; all: IdentityRowFragment[] } {
  const { withIdentifier, withExternalId, withPrefix } = data ?? {};
  const nodes = (list: typeof withIdentifier) => list?.edges.flatMap(({ node }) => node ?? []) ?? [];
  const once = (identities: IdentityRowFragment[]) => [...new Map(identities.map((identity) => [identity.id, identity])).values()];
  const exact = once([...nodes(withIdentifier), ...(withExternalId ? [withExternalId] : [])]);
  return { exact, all: once([...exact, ...nodes(withPrefix)]) };
}

/**
 * What the search has found, as a sentence.
 * @param prefixPage undefined if only whole identifiers were searched
 */
function summary(text: string, count: number, prefixPage: { hasNextPage: boolean } | undefined): string {
  if (prefixPage?.hasNextPage) return `These are the first ${count}. To find the others, enter more characters.`;
  if (count > 0) return `${count === 1 ? "1 identity" : `${count} identities`} found.`;
  return prefixPage ? `Nobody has an identifier that is “${text}” or starts with it.` : `Nobody has the identifier “${text}”. You can search only for whole identifiers here.`;
}
