import { useEffect, useRef, useState } from "react";
import { messageOf } from "./message-of";

interface Props {
  /** What is listed, e.g. `["identity", "identities"]`. */
  of: readonly [one: string, many: string];
  shown: number;
  hasMore: boolean;
  loading: boolean;
  onMore: () => Promise<unknown>;
}

/** Shows the length of the list, and loads the next page. */
export function MoreButton({ of: [one, many], shown, hasMore, loading, onMore }: Props) {
  const [failure, setFailure] = useState<string>();
  const status = useRef<HTMLParagraphElement>(null);
  const pressed = useRef(false);

  // The button disappears with the last page, and must not lose the focus with it.
  useEffect(() => {
    if (!hasMore && pressed.current) status.current?.focus();
  }, [hasMore]);

  const count = `${shown} ${shown === 1 ? one : many}`;
  const more = () => {
    if (loading) return;
    pressed.current = true;
    setFailure(undefined);
    onMore().catch((error: Error) => setFailure(messageOf(error)));
  };
  return (
    <div className="more">
      <p role="status" ref={status} tabIndex={-1}>
        {hasMore ? `Showing ${count}, more are available` : shown === 1 ? `Showing the only ${one}` : `Showing all ${count}`}
      </p>
      {failure && (
        <p className="field-error" role="alert">
          The next page could not be loaded: {failure}
        </p>
      )}
      {hasMore && (
        <button type="button" onClick={more} aria-disabled={loading}>
          {loading ? "Loading…" : "Load more"}
        </button>
      )}
    </div>
  );
}
