import type { JsonObject } from "kratos-graphql/codegen";
import { useState } from "react";
import type { UserError } from "../form/sort-errors";
import { TraitsForm } from "../form/TraitsForm";
import type { EditIdentityQuery } from "../generated/graphql";
import { mayBeDone, messageOf, requiredScopeOf } from "../parts/message-of";
import { nameOf } from "../parts/name-of";
import { Page } from "../parts/Page";
import { useStatus } from "../status/use-status";
import { goTo, paths } from "../use-route";
import { Conflict } from "./Conflict";
import { changesBetween, compareTraits } from "./trait-changes";
import { isOutdated, useSave } from "./use-save";

type Identity = NonNullable<EditIdentityQuery["identity"]>;

const HIDDEN_TRAITS = "You have changed a trait that is hidden from you. Leave it as it was, or ask an administrator for the scope “secrets:read”.";

interface Props {
  identity: Identity;
  /** Loads the identity again. Null if it no longer exists. */
  load: () => Promise<Identity | null>;
  /** Discards the changes, and starts with the identity as it is now. */
  onStartOver: () => void;
}

/** The form for the traits of an existing identity. */
export function EditForm({ identity, load, onStartOver }: Props) {
  const say = useStatus();
  const save = useSave();
  /** The identity that the changes are relative to. */
  const [base, setBase] = useState(identity);
  const [entered, setEntered] = useState<JsonObject>(identity.traits);
  /** The identity as someone else has saved it, if the user has to look at that. */
  const [theirs, setTheirs] = useState<Identity>();
  const [saving, setSaving] = useState(false);
  const [failure, setFailure] = useState<{ userErrors?: readonly UserError[]; error?: Error }>({});

  const leave = (message: string): void => {
    goTo(paths.identity(identity.id));
    say(message);
  };

  /** Saves, or shows what someone else has changed in the meantime. What is not about traits, e.g. a verified address, is no conflict. */
  const saveOver = async (from: Identity, traits: JsonObject): Promise<void> => {
    const userErrors = await save(from, traits);
    if (isOutdated(userErrors)) {
      const current = await load();
      if (!current) return;
      if (compareTraits(from.traits, current.traits, traits).length > 0) return setTheirs(current);
      return saveOver(current, traits);
    }
    if (userErrors.length > 0) return setFailure({ userErrors });
    leave("The changes were saved.");
  };

  const submit = (from: Identity, traits: JsonObject): void => {
    setBase(from);
    setEntered(traits);
    setTheirs(undefined);
    setFailure({});
    if (Object.keys(changesBetween(from.traits, traits)).length === 0) return leave("There were no changes to save.");
    setSaving(true);
    void saveOver(from, traits)
      .catch((error: Error) => setFailure({ error }))
      .finally(() => setSaving(false));
  };

  const { userErrors, error } = failure;
  return (
    <Page title={`Edit ${nameOf(base)}`} back>
      {!base.schema && <p className="panel">Kratos has no identity schema “{base.schemaId}”, so the traits cannot be edited.</p>}
      {base.schema && theirs && (
        <Conflict
          identitySchema={(theirs.schema ?? base.schema).schema}
          before={base.traits}
          theirs={theirs.traits}
          mine={entered}
          onSave={(traits) => submit(theirs, traits)}
          onDiscard={onStartOver}
        />
      )}
      {base.schema && !theirs && (
        <TraitsForm
          identitySchema={base.schema.schema}
          traits={entered}
          failed={mayBeDone(error) ? "The changes may have been saved. Look at the identity before you try again." : "The changes were not saved."}
          userErrors={userErrors}
          problem={error && (requiredScopeOf(error) === "secrets:read" ? HIDDEN_TRAITS : messageOf(error))}
          saving={saving}
          action="Save changes"
          cancel={paths.identity(identity.id)}
          onSave={(traits) => submit(base, traits)}
        />
      )}
    </Page>
  );
}
