import { useStatus } from "../status/use-status";

/** Copies text, and confirms it. */
export function CopyButton({ text, label, done }: { text: string; label: string; done: string }) {
  const say = useStatus();
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => say(done),
      () => say("The browser does not allow this page to copy. Select the text and copy it yourself."),
    );
  return (
    <button type="button" onClick={() => void copy()}>
      {label}
    </button>
  );
}
