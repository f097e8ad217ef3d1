import { useCallback, useEffect, useState, type ReactNode } from "react";
import { StatusContext } from "./use-status";

/**
 * Shows what was done above the content of the page, so that it covers nothing, and announces it to screen readers. It stays
 * until the user leaves the page or dismisses it.
 */
export function StatusProvider({ children }: { children: ReactNode }) {
  const [status, setStatus] = useState<{ message: string; page: string }>();
  const say = useCallback((message: string) => setStatus({ message, page: location.hash }), []);

  useEffect(() => {
    const forget = () => setStatus((said) => (said?.page === location.hash ? said : undefined));
    addEventListener("hashchange", forget);
    return () => removeEventListener("hashchange", forget);
  }, []);

  return (
    <StatusContext value={say}>
      <div role="status">
        {status && (
          <div className="panel done">
            <p>{status.message}</p>
            <button type="button" onClick={() => setStatus(undefined)}>
              Dismiss
            </button>
          </div>
        )}
      </div>
      {children}
    </StatusContext>
  );
}
