import { ApolloProvider } from "@apollo/client/react";
import { Account } from "./account/Account";
import { EditProfile } from "./account/EditProfile";
import { accountClient } from "./client";
import { CreateIdentity } from "./create/CreateIdentity";
import { EditIdentity } from "./edit/EditIdentity";
import { IdentityList } from "./identities/IdentityList";
import { IdentityPage } from "./identity/IdentityPage";
import { Page } from "./parts/Page";
import { Search } from "./search/Search";
import { StatusProvider } from "./status/StatusProvider";
import { paths, useRoute, type Route } from "./use-route";

export function App() {
  const route = useRoute();
  return (
    <>
      <header className="bar">
        <a className="brand" href={paths.list}>
          <img src="/icon.svg" alt="" width="28" height="28" />
          Identities
        </a>
        <nav className="actions">
          <a className="button" href={paths.account}>
            My account
          </a>
          <a className="button primary" href={paths.create}>
            New identity
          </a>
        </nav>
      </header>
      <main>
        <StatusProvider>
          <Content route={route} />
        </StatusProvider>
      </main>
    </>
  );
}

function Content({ route }: { route: Route }) {
  switch (route.page) {
    case "list":
      return <IdentityList />;
    case "create":
      return <CreateIdentity />;
    case "identity":
      return <IdentityPage key={route.id} id={route.id} />;
    case "edit":
      return <EditIdentity key={route.id} id={route.id} />;
    case "account":
    case "profile":
      return <ApolloProvider client={accountClient}>{route.page === "account" ? <Account /> : <EditProfile />}</ApolloProvider>;
    case "search":
      return <Search key={route.text} text={route.text} />;
    case "unknown":
      return (
        <Page title="Page not found" back>
          <p>Check the address, or go back to the list.</p>
        </Page>
      );
  }
}
