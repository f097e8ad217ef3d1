import { useLazyQuery, useMutation } from "@apollo/client/react";
import type { JsonObject } from "kratos-graphql/codegen";
import { useState, useTransition } from "react";
import { TraitsForm } from "../form/TraitsForm";
import { LastUpdateDocument, UpdateIdentityDocument, type EditIdentityQuery } from "../generated/graphql";
import { mayBeDone, messageOf, requiredScopeOf } from "../parts/message-of";
import { nameOf } from "../parts/name-of";
import { Page } from "../parts/Page";
import { useStatus } from "../status/use-status";
import { goTo, paths } from "../use-route";

const HIDDEN_TRAITS =
  "Some traits of this identity are hidden from you, and saving would delete them. Ask an administrator for the scope “secrets:read”, and open the page again.";

interface Props {
  identity: NonNullable<EditIdentityQuery["identity"]>;
  /** Discards the changes, and loads the identity again. */
  onStartOver: () => void;
}

/** The form for the traits of an existing identity. */
export function EditForm({ identity, onStartOver }: Props) {
  const say = useStatus();
  const [saving, startSaving] = useTransition();
  const [isOutdated, setOutdated] = useState(false);
  const [check, checked] = useLazyQuery(LastUpdateDocument, { fetchPolicy: "no-cache" });
  const [update, updated] = useMutation(UpdateIdentityDocument, {
    onCompleted: ({ updateIdentity }) => {
      if (!updateIdentity?.identity) return;
      goTo(paths.identity(identity.id));
      say("The changes were saved.");
    },
    // The error is in `updated.error`.
    onError: () => undefined,
  });
  const error = checked.error ?? updated.error;

  // An update replaces all traits. The API has no update on condition, so a change in the moment after the check is not noticed.
  const save = async (traits: JsonObject) => {
    if (!isOutdated) {
      const { data } = await check({ variables: { id: identity.id } });
      if (!data) return;
      if (data.identity && data.identity.updatedAt !== identity.updatedAt) return setOutdated(true);
    }
    await update({ variables: { input: { id: identity.id, traits } } });
  };

  return (
    <Page title={`Edit ${nameOf(identity)}`} back>
      {identity.schema ? (
        <TraitsForm
          identitySchema={identity.schema.schema}
          traits={identity.traits}
          failed={mayBeDone(updated.error) ? "The changes may have been saved. Look at the identity before you try again." : "The changes were not saved."}
          userErrors={updated.data?.updateIdentity?.userErrors}
          problem={error && (requiredScopeOf(error) === "secrets:read" ? HIDDEN_TRAITS : messageOf(error))}
          saving={saving}
          action={isOutdated ? "Save anyway" : "Save changes"}
          cancel={paths.identity(identity.id)}
          // Errors are in `checked.error` and `updated.error`.
          onSave={(traits) => startSaving(() => save(traits).catch(() => undefined))}
        >
          {isOutdated && (
            <div className="panel error" role="alert" tabIndex={-1}>
              <strong>Someone else has changed this identity since you opened it.</strong>
              <p>Your changes are not saved yet. If you save them anyway, they replace those of the other person.</p>
              <button type="button" onClick={onStartOver}>
                Discard mine and load theirs
              </button>
            </div>
          )}
        </TraitsForm>
      ) : (
        <p className="panel">Kratos has no identity schema “{identity.schemaId}”, so the traits cannot be edited.</p>
      )}
    </Page>
  );
}
