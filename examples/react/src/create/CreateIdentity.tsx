import { useMutation, useQuery } from "@apollo/client/react";
import { useState } from "react";
import { TraitsForm } from "../form/TraitsForm";
import { CreateIdentityDocument, IdentitySchemasDocument } from "../generated/graphql";
import { ErrorPanel } from "../parts/ErrorPanel";
import { mayBeDone, messageOf } from "../parts/message-of";
import { nameOf } from "../parts/name-of";
import { Page } from "../parts/Page";
import { Skeleton } from "../parts/Skeleton";
import { useStatus } from "../status/use-status";
import { goTo, paths } from "../use-route";
import { SchemaField } from "./SchemaField";

export function CreateIdentity() {
  const say = useStatus();
  const [chosenId, setChosenId] = useState("default");
  const { data, error, refetch } = useQuery(IdentitySchemasDocument);
  const schemas = data?.identitySchemas?.edges.map(({ node }) => node) ?? [];
  const chosen = schemas.find(({ id }) => id === chosenId) ?? schemas[0];
  const [create, creation] = useMutation(CreateIdentityDocument, {
    // The new identity can be anywhere in the list.
    update: (cache, result) => void (result.data?.createIdentity?.identity && cache.evict({ fieldName: "identities" })),
    onCompleted: ({ createIdentity }) => {
      if (!createIdentity?.identity) return;
      goTo(paths.identity(createIdentity.identity.id));
      say(`${nameOf(createIdentity.identity)} was created.`);
    },
    // The error is in `creation.error`.
    onError: () => undefined,
  });
  const chooseSchema = (id: string) => {
    setChosenId(id);
    creation.reset();
  };

  return (
    <Page title="New identity" back>
      <TraitsForm
        identitySchema={chosen?.schema}
        schemaField={(error) => chosen && <SchemaField ids={schemas.map(({ id }) => id)} value={chosen.id} error={error} onChange={chooseSchema} />}
        failed={mayBeDone(creation.error) ? "The identity may have been created. Check the list before you try again." : "The identity was not created."}
        userErrors={creation.data?.createIdentity?.userErrors}
        problem={creation.error && messageOf(creation.error)}
        saving={creation.loading}
        action="Create identity"
        cancel={paths.list}
        onSave={(traits) => chosen && void create({ variables: { input: { schemaId: chosen.id, traits } } })}
      >
        {error && <ErrorPanel title="The identity schemas could not be loaded." error={error} onRetry={() => void refetch()} />}
        {!error && !data && <Skeleton label="Loading the identity schemas…" />}
      </TraitsForm>
    </Page>
  );
}
