import { isFinal, messageOf } from "./message-of";

interface Props {
  /** What failed, as a sentence. */
  title: string;
  error: Error;
  onRetry?: () => void;
}

/** Says what failed and why, and lets the user try again. */
export function ErrorPanel({ title, error, onRetry }: Props) {
  return (
    <div className="panel error" role="alert">
      <strong>{title}</strong>
      <p>{messageOf(error)}</p>
      {onRetry && !isFinal(error) && (
        <button type="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}
