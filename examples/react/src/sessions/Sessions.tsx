import { useApolloClient, useMutation } from "@apollo/client/react";
import { useState } from "react";
import { IdentitySessionsDocument, RevokeIdentitySessionsDocument, RevokeSessionDocument, type SessionsOfIdentityFragment } from "../generated/graphql";
import { Confirm } from "../parts/Confirm";
import { MoreButton } from "../parts/MoreButton";
import { Panel } from "../parts/Panel";
import { Skeleton } from "../parts/Skeleton";
import { useStatus } from "../status/use-status";
import { deviceOf, SessionEntry } from "./SessionEntry";

export const SESSIONS_ON_A_PAGE = 5;

interface Props {
  identity: SessionsOfIdentityFragment;
  error: Error | undefined;
  loading: boolean;
  onRetry: () => void;
}

/** Where a user is or was signed in. */
export function Sessions({ identity: { id, sessions }, error, loading, onRetry }: Props) {
  const say = useStatus();
  const client = useApolloClient();
  const [loadingMore, setLoadingMore] = useState(false);
  const [revoke] = useMutation(RevokeSessionDocument);
  const [revokeAll] = useMutation(RevokeIdentitySessionsDocument);
  const { edges = [], pageInfo } = sessions ?? {};

  // The next page is merged into the list in the cache.
  const loadMore = () => {
    setLoadingMore(true);
    const variables = { id, sessions: SESSIONS_ON_A_PAGE, after: pageInfo?.endCursor };
    return client.query({ query: IdentitySessionsDocument, variables, fetchPolicy: "network-only" }).finally(() => setLoadingMore(false));
  };

  const everywhere = edges.length > 0 && (
    <Confirm
      label="Revoke all…"
      danger
      question="Revoke all sessions?"
      action="Revoke all"
      onConfirm={async () => (await revokeAll({ variables: { input: { identityId: id }, sessions: SESSIONS_ON_A_PAGE } })).data?.revokeIdentitySessions?.userErrors}
      onDone={() => say("All sessions were revoked.")}
    >
      <p>The user has to sign in again on every device.</p>
    </Confirm>
  );
  return (
    <Panel id="sessions" title="Sessions" aside={everywhere} error={error} onRetry={onRetry}>
      {edges.length === 0 && (loading ? <Skeleton label="Loading the sessions…" lines={2} /> : <p className="muted">None.</p>)}
      {edges.length > 0 && (
        <>
          <ul className="entries">
            {edges.map(({ node }) => (
              <SessionEntry key={node.id} session={node} badge={<span className={`badge ${node.active ? "good" : ""}`}>{node.active ? "Active" : "Ended"}</span>}>
                {node.active && (
                  <Confirm
                    label="Revoke…"
                    about={deviceOf(node)}
                    danger
                    question={`Revoke the session in ${deviceOf(node)}?`}
                    action="Revoke"
                    meanings={{ NOT_FOUND: "This session no longer exists." }}
                    onConfirm={async () => (await revoke({ variables: { input: { id: node.id } } })).data?.revokeSession?.userErrors}
                    onDone={() => say("The session was revoked.")}
                  >
                    <p>The user has to sign in again there.</p>
                  </Confirm>
                )}
              </SessionEntry>
            ))}
          </ul>
          <MoreButton of={["session", "sessions"]} shown={edges.length} hasMore={pageInfo?.hasNextPage ?? false} loading={loadingMore} onMore={loadMore} />
        </>
      )}
    </Panel>
  );
}
