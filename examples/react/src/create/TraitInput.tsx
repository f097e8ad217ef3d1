import { FieldNotes } from "./FieldNotes";
import { TraitControl } from "./TraitControl";
import type { TraitField } from "./trait-fields.ts";

interface Props {
  field: TraitField;
  /** What is wrong with each field of the form, by its key. */
  faults: ReadonlyMap<string, string[]>;
}

/** One field with its label, its hint and what is wrong with it; a group of them for an object. */
export function TraitInput({ field, faults }: Props) {
  const own = faults.get(field.key) ?? [];
  if (field.kind === "group") {
    return (
      <fieldset aria-describedby={`${field.key}-notes`}>
        <legend>{field.label}</legend>
        <FieldNotes field={field} faults={own} />
        {field.fields.map((inner) => (
          <TraitInput key={inner.key} field={inner} faults={faults} />
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
      <FieldNotes field={field} faults={own} />
    </div>
  );
}
