import { useQuery } from "@apollo/client/react";
import { IdentityDocument } from "../generated/graphql";
import { ErrorPanel } from "../parts/ErrorPanel";
import { nameOf } from "../parts/name-of";
import { Page } from "../parts/Page";
import { Skeleton } from "../parts/Skeleton";
import { StateBadge } from "../parts/StateBadge";
import { Addresses } from "./Addresses";
import { DeleteIdentity } from "./DeleteIdentity";
import { Overview } from "./Overview";
import { RecoveryLink } from "./RecoveryLink";
import { Traits } from "./Traits";

export function IdentityPage({ id }: { id: string }) {
  const { data, error, refetch } = useQuery(IdentityDocument, { variables: { id }, fetchPolicy: "cache-and-network" });
  const identity = data?.identity;

  if (!data) {
    return (
      <Page key="loading" title="Identity" back>
        {error ? (
          <ErrorPanel title="The identity could not be loaded." error={error} onRetry={() => void refetch()} />
        ) : (
          <Skeleton label="Loading the identity…" lines={6} />
        )}
      </Page>
    );
  }
  if (!identity) {
    return (
      <Page key="none" title="Identity not found" back>
        <p className="panel">
          There is no identity with the ID <code>{id}</code>. It may have been deleted.
        </p>
      </Page>
    );
  }
  return (
    <Page key="identity" title={nameOf(identity)} back aside={<StateBadge state={identity.state} />}>
      <div className="columns">
        <div>
          <Traits traits={identity.traits} />
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
