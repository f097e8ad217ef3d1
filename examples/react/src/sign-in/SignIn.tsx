import { useEffect, useRef, type FormEvent, type ReactNode } from "react";
import { ErrorSummary } from "../form/ErrorSummary";
import { Skeleton } from "../parts/Skeleton";
import { fieldsOf, FlowField } from "./FlowField";
import { useLogin } from "./use-login";

interface Props {
  /** Where Kratos starts the login flow. */
  path: string;
  onSignedIn: () => Promise<unknown>;
  onCancel?: () => void;
  /** What is shown above the fields. */
  children?: ReactNode;
}

/** The form of a login flow of Kratos. It is sent to Kratos, which says what is wrong with it, in its own words. */
export function SignIn({ path, onSignedIn, onCancel, children }: Props) {
  const form = useRef<HTMLFormElement>(null);
  const { flow, busy, problem, submit, retry } = useLogin(path, onSignedIn);
  const fields = fieldsOf(flow?.ui.nodes ?? []);
  const messages = flow?.ui.messages ?? [];
  const errors = messages.filter(({ type }) => type === "error").map(({ text }) => text);
  const isInvalid = errors.length > 0 || fields.some((node) => node.messages.some(({ type }) => type === "error"));

  // Focus the first field with an error, or else what says why the user is not signed in. A form that takes the place of another
  // one, which had the focus, takes over the focus as well.
  useEffect(() => {
    if (busy) return;
    const find = (selector: string) => form.current?.querySelector<HTMLElement>(selector);
    const first = find("[aria-invalid=true]") ?? find("[role=alert]") ?? (document.activeElement === document.body ? find("input:not([type=hidden])") : undefined);
    first?.focus();
  }, [busy]);

  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!busy) submit(new FormData(event.currentTarget, (event.nativeEvent as SubmitEvent).submitter));
  };

  return (
    <form ref={form} className="panel form" aria-label="Sign in" onSubmit={send} noValidate>
      {children}
      {problem ? <ErrorSummary title="You are not signed in." errors={[problem]} /> : isInvalid && <ErrorSummary title="You are not signed in." errors={errors} />}
      {messages.map(({ id, text, type }) => type !== "error" && <p key={id}>{text}</p>)}
      {!flow && busy && <Skeleton label="Loading the form…" />}
      {fields.map((node) => node.attributes.type !== "submit" && <FlowField key={node.attributes.name} node={node} busy={busy} />)}
      <div className="buttons">
        {onCancel && (
          <button type="button" onClick={onCancel}>
            Cancel
          </button>
        )}
        {!flow && !busy && (
          <button type="button" onClick={retry}>
            Try again
          </button>
        )}
        {fields.map((node) => node.attributes.type === "submit" && <FlowField key={`${node.attributes.name} ${node.attributes.value}`} node={node} busy={busy} />)}
      </div>
    </form>
  );
}
