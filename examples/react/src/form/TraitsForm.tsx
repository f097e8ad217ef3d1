import type { JsonObject } from "kratos-graphql/codegen";
import { useEffect, useMemo, useRef, useState, type FormEvent, type ReactNode } from "react";
import { ErrorSummary } from "./ErrorSummary";
import type { JsonSchema } from "./identity-schema";
import { sortErrors, type Place, type UserError } from "./sort-errors";
import { flatten, traitFieldsOf } from "./trait-fields";
import { TraitInput } from "./TraitInput";
import { traitsFrom } from "./trait-values";

const SCHEMA_ID: Place = { key: "schemaId", instruction: "Kratos does not have this identity schema. Choose another one.", unique: false };

interface Props {
  /** The identity schema, or what the API's type for its traits says. The form has no fields until it is loaded. */
  identitySchema: JsonObject | JsonSchema | undefined;
  /** The current traits of an identity. */
  traits?: JsonObject;
  /** The field for the identity schema, with its error, if it can be chosen. */
  schemaField?: (error: string | undefined) => ReactNode;
  /** What did not happen if there is an error, as a sentence. */
  failed: string;
  userErrors?: readonly UserError[];
  /** Any other error, as a sentence. */
  problem?: string;
  saving: boolean;
  /** The label of the button. */
  action: string;
  /** The page that the user returns to without saving. */
  cancel: string;
  onSave: (traits: JsonObject) => unknown;
  /** What is shown above the fields. */
  children?: ReactNode;
}

/** A form for the traits of an identity. The server alone knows the rules for them, so that they are in one place. */
export function TraitsForm({ identitySchema, traits, schemaField, failed, userErrors = [], problem, saving, action, cancel, onSave, children }: Props) {
  const form = useRef<HTMLFormElement>(null);
  const [sent, setSent] = useState(() => new FormData());
  const fields = useMemo(() => (identitySchema ? traitFieldsOf(identitySchema) : []), [identitySchema]);
  const { byField, other } = sortErrors(userErrors, [...(schemaField ? [SCHEMA_ID] : []), ...flatten(fields)], sent);

  // Focus the first field with an error, or else what says why the form was not saved.
  useEffect(() => {
    if (saving) return;
    const first = form.current?.querySelector<HTMLElement>("[aria-invalid=true]") ?? form.current?.querySelector<HTMLElement>("[role=alert]");
    first?.focus();
  }, [saving, sent]);

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (saving) return;
    const entered = new FormData(event.currentTarget);
    setSent(entered);
    onSave(traitsFrom(fields, entered, traits));
  };

  return (
    <form ref={form} className="panel form" onSubmit={submit} noValidate>
      {problem && <ErrorSummary title={failed} errors={[problem]} />}
      {userErrors.length > 0 && <ErrorSummary title={failed} errors={other} />}
      {schemaField?.(byField.get(SCHEMA_ID.key))}
      {children}
      {fields.map((field) => (
        <TraitInput key={field.key} field={field} value={traits?.[field.name]} errors={byField} />
      ))}
      {identitySchema && (
        <div className="buttons">
          <a className="button" href={cancel}>
            Cancel
          </a>
          <button type="submit" className="primary" aria-disabled={saving}>
            {saving ? "Saving…" : action}
          </button>
        </div>
      )}
    </form>
  );
}
