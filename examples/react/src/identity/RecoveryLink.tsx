import { useMutation } from "@apollo/client/react";
import type { FormEvent } from "react";
import { CreateRecoveryLinkDocument } from "../generated/graphql";
import { CopyButton } from "../parts/CopyButton";
import { messageOf } from "../parts/message-of.ts";
import { Moment } from "../parts/Moment";

/** Lifetimes on offer, as the graph's Duration. */
const LIFETIMES = [
  ["15m", "15 minutes"],
  ["1h", "1 hour"],
  ["24h", "1 day"],
] as const;

/** Makes a link that lets the identity back into its account. */
export function RecoveryLink({ identityId }: { identityId: string }) {
  const [create, { data, error, loading }] = useMutation(CreateRecoveryLinkDocument);
  const { recoveryLink, userErrors = [] } = data?.createRecoveryLink ?? {};
  const faults = error ? [messageOf(error)] : userErrors.map(({ message }) => message);

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (loading) return;
    const input = { identityId, expiresIn: String(new FormData(event.currentTarget).get("expiresIn")) };
    // What goes wrong is in `error`.
    create({ variables: { input } }).catch(() => undefined);
  };

  return (
    <section className="panel" aria-labelledby="recovery">
      <h2 id="recovery">Recovery link</h2>
      <p className="muted">Whoever has the link is this user. Hand it to them alone.</p>
      <form className="row" onSubmit={submit}>
        <div>
          <label htmlFor="expires-in">Works for</label>
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
      {faults.length > 0 && (
        <p className="fault" role="alert">
          {faults.join(" ")}
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
              <CopyButton text={recoveryLink.url} label="Copy link" done="The link is copied." />
            </div>
            <p className="muted">
              It works once, until <Moment at={recoveryLink.expiresAt} />.
            </p>
          </>
        )}
      </div>
    </section>
  );
}
