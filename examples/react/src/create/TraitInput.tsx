import { FieldNotes } from "./FieldNotes";
import { TraitControl } from "./TraitControl";
import type { TraitField } from "./trait-fields";

interface Props {
  field: TraitField;
  /** The errors of each field of the form, by its key. */
  errors: ReadonlyMap<string, string[]>;
}

/** A field with its label, hints and errors. An object is a group of fields. */
export function TraitInput({ field, errors }: Props) {
  const own = errors.get(field.key) ?? [];
  if (field.kind === "group") {
    return (
      <fieldset aria-describedby={`${field.key}-notes`}>
        <legend>{field.label}</legend>
        <FieldNotes field={field} errors={own} />
        {field.fields.map((inner) => (
          <TraitInput key={inner.key} field={inner} errors={errors} />
        ))}
      </fieldset>
    );
  }
  return (
    <div className={`field ${field.kind}`}>
      <label htmlFor={field.key}>
        {field.label} {!field.required && field.kind !== "boolean" && <span className="muted">optional</span>}
      </label>
      <TraitControl field={field} invalid={own.length > 0} />
      <FieldNotes field={field} errors={own} />
    </div>
  );
}
