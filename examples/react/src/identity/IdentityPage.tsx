import { useQuery } from "@apollo/client/react";
import { Credentials } from "../credentials/Credentials";
import { IdentityDocument } from "../generated/graphql";
import { Messages } from "../messages/Messages";
import { errorAt } from "../parts/message-of";
import { nameOf } from "../parts/name-of";
import { Page } from "../parts/Page";
import { StateBadge } from "../parts/StateBadge";
import { Sessions, SESSIONS_ON_A_PAGE } from "../sessions/Sessions";
import { Addresses, addressesOf } from "./Addresses";
import { DeleteIdentity } from "./DeleteIdentity";
import { Overview } from "./Overview";
import { PendingIdentity } from "./PendingIdentity";
import { RecoveryLink } from "./RecoveryLink";
import { Traits } from "./Traits";

export function IdentityPage({ id }: { id: string }) {
  const variables = { id, sessions: SESSIONS_ON_A_PAGE };
  const { data, error, loading, refetch } = useQuery(IdentityDocument, { variables, fetchPolicy: "cache-and-network", errorPolicy: "all" });
  const identity = data?.identity;
  const onRetry = () => void refetch();

  if (!identity) return <PendingIdentity id={id} loaded={!loading && !error} error={error} onRetry={onRetry} />;
  const name = nameOf(identity);
  return (
    <Page key="identity" title={name} back aside={<StateBadge state={identity.state} />}>
      <div className="columns">
        <div>
          <Traits identity={identity} />
          <Addresses identity={identity} />
          <Credentials identity={identity} error={errorAt(error, "identity", "credentials")} loading={loading} onRetry={onRetry} />
          {addressesOf(identity).map((address) => (
            <Messages key={address} recipient={address} />
          ))}
        </div>
        <div>
          <Overview identity={identity} name={name} />
          <Sessions identity={identity} error={errorAt(error, "identity", "sessions")} loading={loading} onRetry={onRetry} />
          <RecoveryLink identityId={identity.id} />
          <DeleteIdentity id={identity.id} name={name} />
        </div>
      </div>
    </Page>
  );
}
