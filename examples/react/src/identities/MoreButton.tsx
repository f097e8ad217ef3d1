import { useEffect, useRef, useState } from "react";
import { messageOf } from "../parts/message-of.ts";

interface Props {
  shown: number;
  hasMore: boolean;
  loading: boolean;
  onMore: () => Promise<unknown>;
}

/** Says how much of the list is shown, and gets the next page. */
export function MoreButton({ shown, hasMore, loading, onMore }: Props) {
  const [failure, setFailure] = useState<string>();
  const status = useRef<HTMLParagraphElement>(null);
  const pressed = useRef(false);

  // The button goes with the last page, and must not take the focus with it.
  useEffect(() => {
    if (!hasMore && pressed.current) status.current?.focus();
  }, [hasMore]);

  const more = () => {
    if (loading) return;
    pressed.current = true;
    setFailure(undefined);
    onMore().catch((error: Error) => setFailure(messageOf(error)));
  };
  return (
    <div className="more">
      <p role="status" ref={status} tabIndex={-1}>
        {hasMore ? `${shown} identities shown, there are more` : `All ${shown} identities shown`}
      </p>
      {failure && (
        <p className="fault" role="alert">
          The next page cannot be loaded: {failure}
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
