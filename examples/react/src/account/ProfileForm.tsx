import { useApolloClient, useMutation } from "@apollo/client/react";
import type { JsonObject } from "kratos-graphql/codegen";
import { useState } from "react";
import { changesBetween } from "../edit/trait-changes";
import { TraitsForm } from "../form/TraitsForm";
import { UpdateProfileDocument } from "../generated/graphql";
import { mayBeDone, messageOf } from "../parts/message-of";
import { nextStepFor } from "../sign-in/next-step";
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

/** The form for the user's own traits. If Kratos wants them to sign in first, it keeps what they have entered. */
export function ProfileForm({ id, identitySchema, traits }: Props) {
  const say = useStatus();
  const client = useApolloClient();
  const [entered, setEntered] = useState(traits);
  const leave = (message: string): void => {
    goTo(paths.account);
    say(message);
  };
  const [update, { data, error, loading, reset }] = useMutation(UpdateProfileDocument, {
    onCompleted: ({ updateViewerTraits }) => updateViewerTraits?.userErrors.length === 0 && leave("The changes were saved."),
    // The error is in `error`.
    onError: () => undefined,
  });
  const step = nextStepFor(error);

  const save = (changed: JsonObject) => update({ variables: { input: { traits: changesBetween(traits, changed) } } });
  const submit = (changed: JsonObject): void => {
    setEntered(changed);
    if (Object.keys(changesBetween(traits, changed)).length === 0) return leave("There were no changes to save.");
    void save(changed);
  };
  /** Saves, unless someone else has signed in: it is not their profile. */
  const goOn = async (identityId?: string): Promise<void> => {
    if (identityId === id) return void (await save(entered));
    leave("Someone else has signed in. The changes were not saved.");
    await client.resetStore();
  };

  const isSigningIn = step !== undefined && step.is !== "second factor";
  return (
    <>
      {isSigningIn && (
        <SignIn path={step.path} onSignedIn={goOn} onCancel={reset}>
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
          userErrors={data?.updateViewerTraits?.userErrors}
          problem={error && !step ? messageOf(error) : undefined}
          saving={loading}
          action="Save changes"
          cancel={paths.account}
          onSave={submit}
        />
      </div>
    </>
  );
}
