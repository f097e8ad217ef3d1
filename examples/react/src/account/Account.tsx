import { useQuery } from "@apollo/client/react";
import { AccountDocument } from "../generated/graphql";
import { errorAt } from "../parts/message-of";
import { Page } from "../parts/Page";
import { flowOfPage } from "../sign-in/use-login";
import { SignOut } from "../sign-in/SignOut";
import { Devices, DEVICES_ON_A_PAGE } from "./Devices";
import { PendingAccount } from "./PendingAccount";
import { Profile } from "./Profile";

/** Who is signed in, and where. It has no identity's ID in it: the session says who it is about. */
export function Account() {
  const variables = { devices: DEVICES_ON_A_PAGE };
  const { data, error, refetch, fetchMore } = useQuery(AccountDocument, { variables, fetchPolicy: "cache-and-network", errorPolicy: "all" });
  const viewer = data?.viewer;

  // Kratos opens this page for a login flow if it is the `ui_url` of these flows.
  if (!viewer || flowOfPage() !== null) return <PendingAccount title="My account" loaded={data !== undefined} error={error} onRetry={() => void refetch()} />;
  return (
    <Page key="account" title="My account" aside={<SignOut />}>
      <div className="columns">
        <Profile identity={viewer.identity} />
        <Devices
          current={viewer.session}
          others={viewer.otherSessions}
          error={errorAt(error, "viewer", "otherSessions")}
          onReload={() => refetch()}
          onMore={() => fetchMore({ variables: { ...variables, after: viewer.otherSessions?.pageInfo.endCursor } })}
        />
      </div>
    </Page>
  );
}
