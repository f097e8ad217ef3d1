import { useQuery } from "@apollo/client/react";
import { IdentityDocument } from "../generated/graphql";
import { nameOf } from "../parts/name-of";
import { Page } from "../parts/Page";
import { StateBadge } from "../parts/StateBadge";
import { Addresses } from "./Addresses";
import { DeleteIdentity } from "./DeleteIdentity";
import { Overview } from "./Overview";
import { PendingIdentity } from "./PendingIdentity";
import { RecoveryLink } from "./RecoveryLink";
import { Traits } from "./Traits";

export function IdentityPage({ id }: { id: string }) {
  const { data, error, refetch } = useQuery(IdentityDocument, { variables: { id }, fetchPolicy: "cache-and-network" });
  const identity = data?.identity;

  if (!identity) return <PendingIdentity id={id} loaded={data !== undefined} error={error} onRetry={() => void refetch()} />;
  return (
    <Page key="identity" title={nameOf(identity)} back aside={<StateBadge state={identity.state} />}>
      <div className="columns">
        <div>
          <Traits identity={identity} />
          <Addresses verifiable={identity.verifiableAddresses} recovery={identity.recoveryAddresses} />
        </div>
        <div>
          <Overview identity={identity} />
          <RecoveryLink identityId={identity.id} />
          <DeleteIdentity id={identity.id} name={nameOf(identity)} />
        </div>
      </div>
    </Page>
  );
}
