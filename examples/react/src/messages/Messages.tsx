import { NetworkStatus } from "@apollo/client";
import { useQuery } from "@apollo/client/react";
import { MessagesToDocument } from "../generated/graphql";
import { errorAt } from "../parts/message-of";
import { MoreButton } from "../parts/MoreButton";
import { Panel } from "../parts/Panel";
import { Skeleton } from "../parts/Skeleton";
import { MessageEntry } from "./MessageEntry";

const PAGE_SIZE = 5;

/** The messages that Kratos has sent to an address. */
export function Messages({ recipient }: { recipient: string }) {
  const variables = { recipient, first: PAGE_SIZE };
  // A Kratos that lists messages may be too old to have their dispatches.
  const { data, error, networkStatus, refetch, fetchMore } = useQuery(MessagesToDocument, { variables, fetchPolicy: "cache-and-network", errorPolicy: "all" });
  const { edges = [], pageInfo } = data?.courierMessages ?? {};
  const failure = edges.length === 0 ? errorAt(error, "courierMessages") : undefined;

  return (
    <Panel id={`messages-${recipient}`} title={`Messages to ${recipient}`} error={failure} onRetry={() => void refetch()}>
      {edges.length === 0 && (networkStatus === NetworkStatus.loading ? <Skeleton label="Loading the messages…" lines={2} /> : <p className="muted">None that Kratos still has.</p>)}
      {edges.length > 0 && (
        <>
          <ul className="entries">
            {edges.map(({ node }) => (
              <MessageEntry key={node.id} message={node} />
            ))}
          </ul>
          <MoreButton
            of={["message", "messages"]}
            shown={edges.length}
            hasMore={pageInfo?.hasNextPage ?? false}
            loading={networkStatus === NetworkStatus.fetchMore}
            onMore={() => fetchMore({ variables: { ...variables, after: pageInfo?.endCursor } })}
          />
        </>
      )}
    </Panel>
  );
}
