import { FieldNotes } from "../form/FieldNotes";
import type { FlowNode } from "./kratos";

/** Ways to sign in that need a script of Kratos. */
const SCRIPTED = ["passkey", "webauthn"];
/** Ways to sign in at another site. */
const ELSEWHERE = ["oidc", "saml"];

/** The parts of a form of Kratos that this app can show. What leads to another site is last, because the Enter key presses the first button. */
export function fieldsOf(nodes: readonly FlowNode[]): FlowNode[] {
  const fields = nodes.filter(({ type, group, attributes }) => type === "input" && attributes.type !== "button" && !SCRIPTED.includes(group));
  return fields.sort((a, b) => Number(ELSEWHERE.includes(a.group)) - Number(ELSEWHERE.includes(b.group)));
}

/** An input of a form of Kratos, with its label and messages. */
export function FlowField({ node: { attributes, messages, meta }, busy }: { node: FlowNode; busy: boolean }) {
  const { name, type, value = "", required, autocomplete } = attributes;
  if (type === "hidden") return <input type="hidden" name={name} value={String(value)} />;
  if (type === "submit") {
    return (
      <button type="submit" name={name} value={String(value)} className={name === "method" ? "primary" : undefined} aria-disabled={busy}>
        {meta.label?.text ?? "Continue"}
      </button>
    );
  }

  const id = `sign-in.${name}`;
  const textsOf = (isError: boolean) => messages.filter((message) => (message.type === "error") === isError).map(({ text }) => text);
  const error = textsOf(true).join(" ") || undefined;
  const common = { id, name, type, "aria-required": required, "aria-invalid": error !== undefined, "aria-describedby": `${id}-notes` };
  return (
    <div className={`field ${type === "checkbox" ? "boolean" : ""}`}>
      <label htmlFor={id}>{meta.label?.text ?? name}</label>
      {type === "checkbox" ? <input {...common} value="true" defaultChecked={value === true} /> : <input {...common} defaultValue={String(value)} autoComplete={autocomplete} />}
      <FieldNotes of={id} hints={textsOf(false)} error={error} />
    </div>
  );
}
