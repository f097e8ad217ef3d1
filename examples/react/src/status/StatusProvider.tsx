import { useCallback, useEffect, useState, type ReactNode } from "react";
import { StatusContext } from "./use-status";

const SHOWN_MS = 6000;

/** Shows short messages on top of the page, and announces them to screen readers. */
export function StatusProvider({ children }: { children: ReactNode }) {
  const [status, setStatus] = useState<{ message: string }>();
  const say = useCallback((message: string) => setStatus({ message }), []);

  useEffect(() => {
    const timer = setTimeout(() => setStatus(undefined), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [status]);

  return (
    <StatusContext value={say}>
      {children}
      <div className="toast" role="status">
        {status && <p>{status.message}</p>}
      </div>
    </StatusContext>
  );
}
