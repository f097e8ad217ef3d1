import { useApolloClient } from "@apollo/client/react";
import { ErrorPanel } from "../parts/ErrorPanel";
import { Page } from "../parts/Page";
import { Skeleton } from "../parts/Skeleton";
import { LOGIN_PATH } from "../sign-in/kratos";
import { nextStepFor } from "../sign-in/next-step";
import { SecondFactor } from "../sign-in/SecondFactor";
import { SignIn } from "../sign-in/SignIn";
import { flowOfPage } from "../sign-in/use-login";

interface Props {
  title: string;
  /** True if the response has come. */
  loaded: boolean;
  error: Error | undefined;
  onRetry: () => void;
}

/** A page of an account whose user has to sign in, or that is loading or could not be loaded. */
export function PendingAccount({ title, loaded, error, onRetry }: Props) {
  const client = useApolloClient();
  const step = nextStepFor(error);
  // A request without a session has no viewer.
  const isSignedOut = step?.is === "sign in" || (loaded && !error) || flowOfPage() !== null;

  if (isSignedOut) {
    return (
      <Page key="sign in" title="Sign in">
        {/* What it loads again can fail, and says so itself. */}
        <SignIn path={LOGIN_PATH} onSignedIn={() => client.resetStore().catch(() => undefined)} />
      </Page>
    );
  }
  return (
    <Page key="pending" title={title}>
      {!error && <Skeleton label="Loading your account…" lines={6} />}
      {error && (step ? <SecondFactor path={step.path} /> : <ErrorPanel title="Your account could not be loaded." error={error} onRetry={onRetry} />)}
    </Page>
  );
}
