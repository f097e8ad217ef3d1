import { ErrorPanel } from "../parts/ErrorPanel";
import { hasCode } from "../parts/message-of";
import { Page } from "../parts/Page";
import { Skeleton } from "../parts/Skeleton";

interface Props {
  id: string;
  /** True if the response has come. */
  loaded: boolean;
  error: Error | undefined;
  onRetry: () => void;
}

/** The page of an identity that is loading, could not be loaded, or does not exist. */
export function PendingIdentity({ id, loaded, error, onRetry }: Props) {
  // What is not a UUID is not the ID of any identity.
  if (loaded || hasCode(error, "BAD_USER_INPUT")) {
    return (
      <Page key="none" title="Identity not found" back>
        <p className="panel">
          There is no identity with the ID <code>{id}</code>. It may have been deleted.
        </p>
      </Page>
    );
  }
  return (
    <Page key="loading" title="Identity" back>
      {error ? <ErrorPanel title="The identity could not be loaded." error={error} onRetry={onRetry} /> : <Skeleton label="Loading the identity…" lines={6} />}
    </Page>
  );
}
