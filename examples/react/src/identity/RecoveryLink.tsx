import { useMutation } from "@apollo/client/react";
import type { FormEvent } from "react";
import { CreateRecoveryLinkDocument } from "../generated/graphql";
import { CopyButton } from "../parts/CopyButton";
import { MEANINGS } from "../parts/meanings";
import { messageOf } from "../parts/message-of";
import { Moment } from "../parts/Moment";
import { Panel } from "../parts/Panel";

/** Lifetimes to choose from, as values of the scalar Duration. */
const LIFETIMES = [
  ["15m", "15 minutes"],
  ["1h", "1 hour"],
  ["24h", "1 day"],
] as const;

/** Creates a link with which a user regains access to their account. */
export function RecoveryLink({ identityId }: { identityId: string }) {
  const [create, { data, error, loading }] = useMutation(CreateRecoveryLinkDocument);
  const { recoveryLink, userErrors = [] } = data?.createRecoveryLink ?? {};
  const errors = error ? [messageOf(error)] : userErrors.map(({ code }) => (code === "INVALID" ? "This identity has no address to recover its account with." : MEANINGS[code]));

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (loading) return;
    const input = { identityId, expiresIn: String(new FormData(event.currentTarget).get("expiresIn")) };
    // The error is in `error`.
    create({ variables: { input } }).catch(() => undefined);
  };

  return (
    <Panel id="recovery" title="Recovery link">
      <p className="muted">Anyone with the link can access the account. Give it only to its user.</p>
      <form className="row" onSubmit={submit}>
        <div>
          <label htmlFor="expires-in">Valid for</label>
          <select id="expires-in" name="expiresIn" defaultValue="1h">
            {LIFETIMES.map(([duration, label]) => (
              <option key={duration} value={duration}>
                {label}
              </option>
            ))}
          </select>
        </div>
        <button type="submit" aria-disabled={loading}>
          {loading ? "Creating…" : "Create link"}
        </button>
      </form>
      {errors.length > 0 && (
        <p className="field-error" role="alert">
          {errors.join(" ")}
        </p>
      )}
      <div role="status">
        {recoveryLink && (
          <>
            <div className="row">
              <div>
                <label htmlFor="recovery-link">Link</label>
                <input id="recovery-link" readOnly value={recoveryLink.url} onFocus={(event) => event.target.select()} />
              </div>
              <CopyButton text={recoveryLink.url} label="Copy link" />
            </div>
            <p className="muted">
              The link can be used once, until <Moment at={recoveryLink.expiresAt} />.
            </p>
          </>
        )}
      </div>
    </Panel>
  );
}
