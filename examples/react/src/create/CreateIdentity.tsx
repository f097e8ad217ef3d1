import { useQuery } from "@apollo/client/react";
import { useState } from "react";
import { IdentitySchemaDocument } from "../generated/graphql";
import { ErrorPanel } from "../parts/ErrorPanel";
import { Page } from "../parts/Page";
import { Skeleton } from "../parts/Skeleton";
import { SCHEMA_IDS } from "./schema-ids";
import { TraitsForm } from "./TraitsForm";

export function CreateIdentity() {
  const [schemaId, setSchemaId] = useState<string>(SCHEMA_IDS[0]);
  const { data, error, refetch } = useQuery(IdentitySchemaDocument, { variables: { id: schemaId } });
  const schema = data?.identitySchema;

  return (
    <Page title="New identity" back>
      <div className="panel form">
        <div className="field">
          <label htmlFor="schemaId">Identity schema</label>
          <select id="schemaId" value={schemaId} onChange={(event) => setSchemaId(event.target.value)}>
            {SCHEMA_IDS.map((id) => (
              <option key={id}>{id}</option>
            ))}
          </select>
        </div>
        {error && <ErrorPanel title="The identity schema could not be loaded." error={error} onRetry={() => void refetch()} />}
        {!error && !data && <Skeleton label="Loading the identity schema…" />}
        {data && !schema && <p role="alert">Kratos has no identity schema “{schemaId}”.</p>}
        {schema && <TraitsForm key={schema.id} schemaId={schema.id} schema={schema.schema} />}
      </div>
    </Page>
  );
}
