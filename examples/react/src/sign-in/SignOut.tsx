import { useApolloClient } from "@apollo/client/react";
import { useState } from "react";
import { useStatus } from "../status/use-status";
import { logOut } from "./kratos";

/** Ends the session of this browser, and forgets what was loaded with it. */
export function SignOut() {
  const say = useStatus();
  const client = useApolloClient();
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState(false);

  const signOut = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    try {
      await logOut();
      say("You have signed out.");
      // What it loads again fails, because nobody is signed in.
      await client.resetStore().catch(() => undefined);
    } catch {
      setFailed(true);
      setBusy(false);
    }
  };

  return (
    <div>
      <button type="button" onClick={() => void signOut()} aria-disabled={busy}>
        {busy ? "Signing out…" : "Sign out"}
      </button>
      {failed && (
        <p className="field-error" role="alert">
          You are still signed in, because Kratos cannot be reached. Try again in a minute.
        </p>
      )}
    </div>
  );
}
