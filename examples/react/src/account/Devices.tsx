import { useMutation } from "@apollo/client/react";
import { useState } from "react";
import { SignOutDeviceDocument, SignOutElsewhereDocument, type AccountQuery } from "../generated/graphql";
import { Confirm } from "../parts/Confirm";
import { messageOf } from "../parts/message-of";
import { MoreButton } from "../parts/MoreButton";
import { Panel } from "../parts/Panel";
import { deviceOf, SessionEntry } from "../sessions/SessionEntry";
import { useStatus } from "../status/use-status";

type Viewer = NonNullable<AccountQuery["viewer"]>;

export const DEVICES_ON_A_PAGE = 5;

interface Props {
  current: Viewer["session"];
  /** Null if Kratos does not list them. */
  others: Viewer["otherSessions"];
  error: Error | undefined;
  onReload: () => Promise<unknown>;
  onMore: () => Promise<unknown>;
}

/** Where the user is signed in. */
export function Devices({ current, others, error, onReload, onMore }: Props) {
  const say = useStatus();
  const [loadingMore, setLoadingMore] = useState(false);
  const [signOutDevice] = useMutation(SignOutDeviceDocument, {
    // The list leaves out what is no longer in the cache.
    update: (cache, { data }) => {
      const id = data?.revokeSession?.revokedSessionId;
      if (id) cache.evict({ id: cache.identify({ __typename: "Session", id }) });
    },
  });
  const [signOutElsewhere] = useMutation(SignOutElsewhereDocument);
  const { edges = [], pageInfo } = others ?? {};

  const loadMore = () => {
    setLoadingMore(true);
    return onMore().finally(() => setLoadingMore(false));
  };
  const elsewhere = edges.length > 0 && (
    <Confirm
      label="Sign out elsewhere…"
      danger
      question="Sign out on all other devices?"
      action="Sign out elsewhere"
      onConfirm={async () => {
        const { data } = await signOutElsewhere();
        await onReload();
        return data?.revokeOtherSessions?.userErrors;
      }}
      onDone={() => say("You are signed out on all other devices.")}
    >
      <p>You remain signed in on this device.</p>
    </Confirm>
  );
  return (
    <Panel id="devices" title="My devices" aside={elsewhere}>
      <ul className="entries">
        <SessionEntry session={current} badge={<span className="badge good">This device</span>} />
        {edges.map(({ node }) => (
          <SessionEntry key={node.id} session={node}>
            <Confirm
              label="Sign out…"
              about={`on ${deviceOf(node)}`}
              danger
              question={`Sign out on ${deviceOf(node)}?`}
              action="Sign out"
              onConfirm={async () => (await signOutDevice({ variables: { input: { id: node.id } } })).data?.revokeSession?.userErrors}
              onDone={() => say("You are signed out there.")}
            >
              <p>Anyone who uses this device has to sign in again.</p>
            </Confirm>
          </SessionEntry>
        ))}
      </ul>
      {error ? (
        <p className="muted">Other devices cannot be listed. {messageOf(error)}</p>
      ) : (
        <MoreButton of={["device", "devices"]} shown={edges.length + 1} hasMore={pageInfo?.hasNextPage ?? false} loading={loadingMore} onMore={loadMore} />
      )}
    </Panel>
  );
}
