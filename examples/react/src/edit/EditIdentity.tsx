import { useQuery } from "@apollo/client/react";
import { useState } from "react";
import { EditIdentityDocument } from "../generated/graphql";
import { PendingIdentity } from "../identity/PendingIdentity";
import { EditForm } from "./EditForm";

/** Loads an identity to edit, always from the server: what is in the cache may be out of date. */
export function EditIdentity({ id }: { id: string }) {
  const { data, error, refetch } = useQuery(EditIdentityDocument, { variables: { id }, fetchPolicy: "network-only" });
  const [version, setVersion] = useState(0);

  if (!data?.identity) return <PendingIdentity id={id} loaded={data !== undefined} error={error} onRetry={() => void refetch()} />;
  return (
    <EditForm
      // A new form starts with what was loaded.
      key={version}
      identity={data.identity}
      load={() => refetch().then(({ data }) => data?.identity ?? null)}
      onStartOver={() => setVersion(version + 1)}
    />
  );
}
