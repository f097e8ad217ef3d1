import { NetworkStatus } from "@apollo/client";
import { useQuery } from "@apollo/client/react";
import { IdentitiesDocument } from "../generated/graphql";
import { ErrorPanel } from "../parts/ErrorPanel";
import { MoreButton } from "../parts/MoreButton";
import { Page } from "../parts/Page";
import { Skeleton } from "../parts/Skeleton";
import { SearchField } from "../search/SearchField";
import { paths } from "../use-route";
import { IdentityTable } from "./IdentityTable";

const PAGE_SIZE = 10;

export function IdentityList() {
  const { data, error, networkStatus, refetch, fetchMore } = useQuery(IdentitiesDocument, { variables: { first: PAGE_SIZE } });
  const edges = data?.identities?.edges ?? [];
  const page = data?.identities?.pageInfo;

  return (
    <Page title="Identities" aside={<SearchField />}>
      {error && <ErrorPanel title="The identities could not be loaded." error={error} onRetry={() => void refetch()} />}
      {!error && !page && <Skeleton label="Loading identities…" lines={8} />}
      {page && edges.length === 0 && (
        <div className="panel empty">
          <p>There are no identities yet.</p>
          <a className="button primary" href={paths.create}>
            Create the first identity
          </a>
        </div>
      )}
      {page && edges.length > 0 && (
        <>
          <IdentityTable caption="All identities" identities={edges.flatMap(({ node }) => node ?? [])} />
          <MoreButton
            of={["identity", "identities"]}
            shown={edges.length}
            hasMore={page.hasNextPage}
            loading={networkStatus === NetworkStatus.fetchMore}
            onMore={() => fetchMore({ variables: { first: PAGE_SIZE, after: page.endCursor } })}
          />
        </>
      )}
    </Page>
  );
}
