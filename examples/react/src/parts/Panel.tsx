import type { ReactNode } from "react";
import { isFinal, messageOf } from "./message-of";

interface Props {
  id: string;
  title: string;
  /** Content next to the title. */
  aside?: ReactNode;
  /** Why there is no content. */
  error?: Error;
  onRetry?: () => void;
  children: ReactNode;
}

/** A part of a page, which can fail while the others work. */
export function Panel({ id, title, aside, error, onRetry, children }: Props) {
  return (
    <section className="panel" aria-labelledby={id}>
      <div className="with-button">
        <h2 id={id} tabIndex={-1}>
          {title}
        </h2>
        {!error && aside}
      </div>
      {error ? (
        <>
          <p className="muted">{messageOf(error)}</p>
          {onRetry && !isFinal(error) && (
            <button type="button" onClick={onRetry}>
              Try again
            </button>
          )}
        </>
      ) : (
        children
      )}
    </section>
  );
}
