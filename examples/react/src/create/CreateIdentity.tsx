import { useMutation, useQuery } from "@apollo/client/react";
import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import type { JsonObject } from "kratos-graphql/codegen";
import { useMemo, useState } from "react";
import type { UserError } from "../form/sort-errors";
import { TraitsForm } from "../form/TraitsForm";
import { atTrait, findMistyped, typedTraitsFor } from "../form/typed-traits";
import {
  CreateIdentityDocument,
  IdentitySchemasDocument,
  InputTypesDocument,
  type CreateIdentityMutation,
  type CreateIdentityMutationVariables,
} from "../generated/graphql";
import { ErrorPanel } from "../parts/ErrorPanel";
import { mayBeDone, messageOf } from "../parts/message-of";
import { nameOf } from "../parts/name-of";
import { Page } from "../parts/Page";
import { Skeleton } from "../parts/Skeleton";
import { useStatus } from "../status/use-status";
import { goTo, paths } from "../use-route";
import { SchemaField } from "./SchemaField";

/** The types are generated from the released schema, which has no typed traits: those of a deployment are known only at run time. */
type Variables = CreateIdentityMutationVariables | { input: { typedTraits: Record<string, JsonObject> } };
const CREATE = CreateIdentityDocument as TypedDocumentNode<CreateIdentityMutation, Variables>;

export function CreateIdentity() {
  const say = useStatus();
  const [chosenId, setChosenId] = useState("default");
  const { data, error, refetch } = useQuery(IdentitySchemasDocument);
  const schemas = data?.identitySchemas?.edges.map(({ node }) => node) ?? [];
  const chosen = schemas.find(({ id }) => id === chosenId) ?? schemas[0];
  const inputTypes = useQuery(InputTypesDocument);
  /** Undefined without typed traits or introspection: the fields are those of the identity schema. */
  const typed = useMemo(() => (chosen && inputTypes.data ? typedTraitsFor(chosen.id, inputTypes.data) : undefined), [chosen, inputTypes.data]);
  const [mistyped, setMistyped] = useState<readonly UserError[]>([]);
  const [create, creation] = useMutation(CREATE, {
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
    setMistyped([]);
    creation.reset();
  };
  const save = (traits: JsonObject): void => {
    if (!chosen) return;
    if (!typed) return void create({ variables: { input: { schemaId: chosen.id, traits } } });
    const faults = findMistyped(typed.identitySchema, { traits });
    setMistyped(faults);
    if (faults.length > 0) return creation.reset();
    void create({ variables: { input: { typedTraits: { [typed.field]: traits } } } });
  };
  const userErrors = creation.data?.createIdentity?.userErrors ?? [];
  const isLoading = !data || inputTypes.loading;

  return (
    <Page title="New identity" back>
      <TraitsForm
        identitySchema={isLoading ? undefined : (typed?.identitySchema ?? chosen?.schema)}
        schemaField={(error) => chosen && <SchemaField ids={schemas.map(({ id }) => id)} value={chosen.id} error={error} onChange={chooseSchema} />}
        failed={mayBeDone(creation.error) ? "The identity may have been created. Check the list before you try again." : "The identity was not created."}
        userErrors={typed ? [...mistyped, ...userErrors.map(atTrait)] : userErrors}
        problem={creation.error && messageOf(creation.error)}
        saving={creation.loading}
        action="Create identity"
        cancel={paths.list}
        onSave={save}
      >
        {error && <ErrorPanel title="The identity schemas could not be loaded." error={error} onRetry={() => void refetch()} />}
        {!error && isLoading && <Skeleton label="Loading the identity schemas…" />}
      </TraitsForm>
    </Page>
  );
}
