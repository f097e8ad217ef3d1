import { NetworkStatus } from "@apollo/client";
import { useQuery } from "@apollo/client/react";
import { MessagesToDocument } from "../generated/graphql";
import { HIDDEN } from "../parts/meanings";
import { errorAt } from "../parts/message-of";
import { MoreButton } from "../parts/MoreButton";
import { Panel } from "../parts/Panel";
import { Skeleton } from "../parts/Skeleton";
import { MessageEntry } from "./MessageEntry";

const PAGE_SIZE = 5;

/** The messages that Kratos has sent to an address. */
export function Messages({ recipient }: { recipient: string }) {
  const isHidden = recipient === HIDDEN;
  const variables = { recipient, first: PAGE_SIZE };
  // A Kratos that lists messages may be too old to have their dispatches.
  const { data, error, networkStatus, refetch, fetchMore } = useQuery(MessagesToDocument, { variables, skip: isHidden, fetchPolicy: "cache-and-network", errorPolicy: "all" });
  const { edges = [], pageInfo } = data?.courierMessages ?? {};
  const failure = edges.length === 0 ? errorAt(error, "courierMessages") : undefined;

  return (
    <Panel id={`messages-${recipient}`} title={isHidden ? "Messages" : `Messages to ${recipient}`} error={failure} onRetry={() => void refetch()}>
      {isHidden && <p className="muted">The address is hidden from you. Ask an administrator for the scope “secrets:read”.</p>}
      {!isHidden && edges.length === 0 && (networkStatus === NetworkStatus.loading ? <Skeleton label="Loading the messages…" lines={2} /> : <p className="muted">None that Kratos still has.</p>)}
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
