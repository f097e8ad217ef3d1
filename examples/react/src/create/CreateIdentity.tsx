import { useMutation, useQuery } from "@apollo/client/react";
import { useState } from "react";
import { TraitsForm } from "../form/TraitsForm";
import { CreateIdentityDocument, IdentitySchemaDocument } from "../generated/graphql";
import { ErrorPanel } from "../parts/ErrorPanel";
import { mayBeDone, messageOf } from "../parts/message-of";
import { nameOf } from "../parts/name-of";
import { Page } from "../parts/Page";
import { Skeleton } from "../parts/Skeleton";
import { useStatus } from "../status/use-status";
import { goTo, paths } from "../use-route";
import { SCHEMA_IDS } from "./schema-ids";
import { SchemaField } from "./SchemaField";

export function CreateIdentity() {
  const say = useStatus();
  const [schemaId, setSchemaId] = useState<string>(SCHEMA_IDS[0]);
  const { data, error, refetch } = useQuery(IdentitySchemaDocument, { variables: { id: schemaId } });
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
    setSchemaId(id);
    creation.reset();
  };

  return (
    <Page title="New identity" back>
      <TraitsForm
        identitySchema={data?.identitySchema?.schema}
        schemaField={(error) => <SchemaField value={schemaId} error={error} onChange={chooseSchema} />}
        failed={mayBeDone(creation.error) ? "The identity may have been created. Check the list before you try again." : "The identity was not created."}
        userErrors={creation.data?.createIdentity?.userErrors}
        problem={creation.error && messageOf(creation.error)}
        saving={creation.loading}
        action="Create identity"
        cancel={paths.list}
        onSave={(traits) => void create({ variables: { input: { schemaId, traits } } })}
      >
        {error && <ErrorPanel title="The identity schema could not be loaded." error={error} onRetry={() => void refetch()} />}
        {!error && !data && <Skeleton label="Loading the identity schema…" />}
        {data && !data.identitySchema && <p role="alert">Kratos has no identity schema “{schemaId}”.</p>}
      </TraitsForm>
    </Page>
  );
}
