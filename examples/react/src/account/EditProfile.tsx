import { useQuery } from "@apollo/client/react";
import { EditProfileDocument } from "../generated/graphql";
import { Page } from "../parts/Page";
import { PendingAccount } from "./PendingAccount";
import { ProfileForm } from "./ProfileForm";

/** Loads the profile to edit, always from the server: what is in the cache may be out of date. */
export function EditProfile() {
  const { data, error, refetch } = useQuery(EditProfileDocument, { fetchPolicy: "network-only" });
  const identity = data?.viewer?.identity;

  if (!identity) return <PendingAccount title="Edit my profile" loaded={data !== undefined} error={error} onRetry={() => void refetch()} />;
  return (
    <Page key={identity.id} title="Edit my profile">
      {identity.schema ? (
        <ProfileForm id={identity.id} identitySchema={identity.schema.schema} traits={identity.traits} />
      ) : (
        <p className="panel">Kratos has no identity schema “{identity.schemaId}”, so your profile cannot be edited.</p>
      )}
    </Page>
  );
}
