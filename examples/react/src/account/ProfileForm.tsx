import { useApolloClient } from "@apollo/client/react";
import type { JsonObject } from "kratos-graphql/codegen";
import { useState } from "react";
import { changesBetween } from "../edit/trait-changes";
import type { UserError } from "../form/sort-errors";
import { TraitsForm } from "../form/TraitsForm";
import { EditProfileDocument, UpdateProfileDocument } from "../generated/graphql";
import { mayBeDone, messageOf } from "../parts/message-of";
import { LOGIN_PATH } from "../sign-in/kratos";
import { nextStepFor, type NextStep } from "../sign-in/next-step";
import { SecondFactor } from "../sign-in/SecondFactor";
import { SignIn } from "../sign-in/SignIn";
import { useStatus } from "../status/use-status";
import { goTo, paths } from "../use-route";

interface Props {
  /** ID of the signed-in user. */
  id: string;
  identitySchema: JsonObject;
  traits: JsonObject;
}

interface Failure {
  readonly userErrors?: readonly UserError[];
  readonly error?: Error;
  readonly step?: NextStep;
}

/** The form for the user's own traits. If Kratos wants them to sign in first, it keeps what they have entered. */
export function ProfileForm({ id, identitySchema, traits }: Props) {
  const say = useStatus();
  const client = useApolloClient();
  const [entered, setEntered] = useState(traits);
  const [saving, setSaving] = useState(false);
  const [{ userErrors, error, step }, setFailure] = useState<Failure>({});

  const leave = (message: string): void => {
    goTo(paths.account);
    say(message);
  };

  const saveAsUser = async (changes: JsonObject): Promise<void> => {
    // Someone else can have signed in, here or in another tab. It is not their profile.
    const { data: current } = await client.query({ query: EditProfileDocument, fetchPolicy: "no-cache" });
    if (!current?.viewer) return setFailure({ step: { is: "sign in", path: LOGIN_PATH } });
    if (current.viewer.identity.id !== id) {
      await client.resetStore();
      return leave("Someone else has signed in. The changes were not saved.");
    }
    const { data } = await client.mutate({ mutation: UpdateProfileDocument, variables: { input: { traits: changes } } });
    const { userErrors = [] } = data?.updateViewerTraits ?? {};
    if (userErrors.length > 0) return setFailure({ userErrors });
    leave("The changes were saved.");
  };

  const save = async (changed: JsonObject): Promise<void> => {
    const changes = changesBetween(traits, changed);
    setEntered(changed);
    setFailure({});
    if (Object.keys(changes).length === 0) return leave("There were no changes to save.");
    setSaving(true);
    await saveAsUser(changes)
      .catch((error: Error) => setFailure({ error, step: nextStepFor(error) }))
      .finally(() => setSaving(false));
  };

  const isSigningIn = step !== undefined && step.is !== "second factor";
  return (
    <>
      {isSigningIn && (
        <SignIn path={step.path} onSignedIn={() => save(entered)} onCancel={() => setFailure({})}>
          <p>
            {step.is === "sign in again" ? "To change what you sign in with, confirm that it is you. Sign in again." : "You are no longer signed in. Sign in again."} Your changes are
            saved then.
          </p>
        </SignIn>
      )}
      {step?.is === "second factor" && <SecondFactor path={step.path} keepsPage />}
      {/* Hidden, it keeps what the user has entered. */}
      <div hidden={isSigningIn}>
        <TraitsForm
          identitySchema={identitySchema}
          traits={traits}
          failed={mayBeDone(error) ? "The changes may have been saved. Look at your account before you try again." : "The changes were not saved."}
          userErrors={userErrors}
          problem={error && !step ? messageOf(error) : undefined}
          saving={saving}
          action="Save changes"
          cancel={paths.account}
          onSave={save}
        />
      </div>
    </>
  );
}
