import { useId, useRef, useState, type ReactNode } from "react";
import type { UserError } from "../form/sort-errors";
import { MEANINGS } from "./meanings";
import { mayBeDone, messageOf } from "./message-of";

interface Props {
  /** The label of the button that asks. */
  label: string;
  /** What the button is about, if there are several of its kind. */
  about?: string;
  /** Marks what takes something away. */
  danger?: boolean;
  question: ReactNode;
  /** The label of the button that does it. */
  action: string;
  /** Does it, and returns the errors, if any. */
  onConfirm: () => Promise<readonly UserError[] | undefined>;
  onDone: () => void;
  /** What a user error means here. */
  meanings?: Partial<typeof MEANINGS>;
  /** The consequences. */
  children: ReactNode;
}

/** A button that does something after confirmation. */
export function Confirm({ label, about, danger, question, action, onConfirm, onDone, meanings, children }: Props) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();

  const confirm = async (): Promise<void> => {
    if (busy) return;
    // The button can disappear with what it was about, and must not lose the focus with it.
    const heading = dialog.current?.closest("section")?.querySelector("h2");
    setBusy(true);
    setProblem(undefined);
    try {
      const userErrors = (await onConfirm()) ?? [];
      if (userErrors.length > 0) return setProblem(userErrors.map(({ code }) => meanings?.[code] ?? MEANINGS[code]).join(" "));
      dialog.current?.close();
      heading?.focus();
      onDone();
    } catch (error) {
      const advice = messageOf(error as Error);
      setProblem(mayBeDone(error as Error) ? `This may have been done nevertheless. Load the page again to find out. ${advice}` : advice);
    } finally {
      setBusy(false);
    }
  };

  return (
    <>
      <button type="button" className={danger ? "danger" : undefined} aria-label={about && `${label} ${about}`} onClick={() => dialog.current?.showModal()}>
        {label}
      </button>
      {/* The browser traps the focus, closes the dialog with Escape, and restores the focus. */}
      <dialog ref={dialog} aria-labelledby={id} onClose={() => setProblem(undefined)}>
        <h2 id={id}>{question}</h2>
        {children}
        {problem && (
          <p className="field-error" role="alert">
            {problem}
          </p>
        )}
        <div className="buttons">
          <button type="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="button" className={danger ? "danger solid" : "primary"} aria-disabled={busy} onClick={() => void confirm()}>
            {busy ? "Just a moment…" : action}
          </button>
        </div>
      </dialog>
    </>
  );
}
