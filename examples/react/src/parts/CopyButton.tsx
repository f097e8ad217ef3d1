import { useState } from "react";

/** Copies text, and confirms it until the focus moves on. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const [outcome, setOutcome] = useState<"copied" | "failed">();
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setOutcome("copied"),
      () => setOutcome("failed"),
    );
  return (
    <>
      <button type="button" onClick={() => void copy()} onBlur={() => setOutcome(undefined)}>
        {outcome === "copied" ? "Copied" : label}
      </button>
      <span role="status" className={outcome === "failed" ? "field-error" : "unseen"}>
        {outcome === "copied" && "Copied."}
        {outcome === "failed" && "The browser does not allow this page to copy. Select the text and copy it yourself."}
      </span>
    </>
  );
}
