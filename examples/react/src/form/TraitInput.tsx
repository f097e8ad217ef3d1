import type { JsonValue } from "kratos-graphql/codegen";
import { FieldNotes } from "./FieldNotes";
import { TraitControl } from "./TraitControl";
import type { TraitField } from "./trait-fields";
import { isObject } from "./trait-values";

const HINTS: Partial<Record<TraitField["kind"], string>> = { list: "Enter one per line.", json: "Enter JSON." };

interface Props {
  field: TraitField;
  value: JsonValue | undefined;
  /** The error of each field of the form, by its key. */
  errors: ReadonlyMap<string, string>;
}

/** A field with its label, hints and error. An object is a group of fields. */
export function TraitInput({ field, value, errors }: Props) {
  const error = errors.get(field.key);
  const notes = <FieldNotes of={field.key} hints={[field.hint, HINTS[field.kind]]} error={error} />;
  if (field.kind === "group") {
    return (
      <fieldset aria-describedby={`${field.key}-notes`}>
        <legend>{field.label}</legend>
        {notes}
        {field.fields.map((inner) => (
          <TraitInput key={inner.key} field={inner} value={isObject(value) ? value[inner.name] : undefined} errors={errors} />
        ))}
      </fieldset>
    );
  }
  return (
    <div className={`field ${field.kind}`}>
      <label htmlFor={field.key}>
        {field.label} {!field.required && field.kind !== "boolean" && <span className="muted">optional</span>}
      </label>
      <TraitControl field={field} value={value} invalid={error !== undefined} />
      {notes}
    </div>
  );
}
