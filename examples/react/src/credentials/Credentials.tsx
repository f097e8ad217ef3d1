import { useMutation } from "@apollo/client/react";
import { DeleteIdentityCredentialDocument, type CredentialsOfIdentityFragment } from "../generated/graphql";
import { Confirm } from "../parts/Confirm";
import type { MEANINGS } from "../parts/meanings";
import { Moment } from "../parts/Moment";
import { Panel } from "../parts/Panel";
import { Skeleton } from "../parts/Skeleton";
import { useStatus } from "../status/use-status";
import { entriesOf } from "./credential-entries";

const DELETE_MEANINGS: Partial<typeof MEANINGS> = {
  INVALID: "Kratos does not delete the last credential that someone can sign in with. To prevent that, deactivate the identity.",
  NOT_FOUND: "This credential no longer exists.",
  UNSUPPORTED: "The connected Kratos is too old to delete this credential.",
};

interface Props {
  identity: CredentialsOfIdentityFragment;
  error: Error | undefined;
  loading: boolean;
  onRetry: () => void;
}

/** What an identity can sign in with. */
export function Credentials({ identity: { id, credentials }, error, loading, onRetry }: Props) {
  const say = useStatus();
  const [remove] = useMutation(DeleteIdentityCredentialDocument);
  const entries = entriesOf(credentials ?? []);

  return (
    <Panel id="credentials" title="Credentials" error={error} onRetry={onRetry}>
      {!credentials && loading && <Skeleton label="Loading the credentials…" lines={2} />}
      {entries.length === 0 && !(loading && !credentials) && <p className="muted">None. The user can sign in only after account recovery.</p>}
      <ul className="entries">
        {entries.map(({ key, type, identifier, label, details, updatedAt, isUncertain, isDeletable }) => (
          <li key={key}>
            <div>
              <div className="line">
                <strong>{label}</strong>
                {isUncertain && <span className="badge">May not be set up</span>}
              </div>
              {details.map((detail) => (
                <div key={detail} className="detail">
                  {detail}
                </div>
              ))}
              {updatedAt && (
                <small>
                  Changed <Moment at={updatedAt} />
                </small>
              )}
            </div>
            {isDeletable && (
              <Confirm
                label="Delete…"
                about={label}
                danger
                question={`Delete ${label}?`}
                action="Delete"
                meanings={DELETE_MEANINGS}
                onConfirm={async () => (await remove({ variables: { input: { identityId: id, type, identifier } } })).data?.deleteIdentityCredential?.userErrors}
                onDone={() => say(`${label} was deleted.`)}
              >
                <p>The user can no longer sign in with it. This cannot be undone.</p>
              </Confirm>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
