import type { TraitField } from "./trait-fields";

const HINTS: Partial<Record<TraitField["kind"], string>> = { list: "Enter one per line.", json: "Enter JSON." };

/** The hints and errors of a field. */
export function FieldNotes({ field, errors }: { field: TraitField; errors: readonly string[] }) {
  const hints = [field.hint, HINTS[field.kind]].filter(Boolean);
  return (
    <div id={`${field.key}-notes`} className="notes">
      {hints.length > 0 && <p className="muted">{hints.join(" ")}</p>}
      {errors.map((error) => (
        <p key={error} className="field-error">
          {error}
        </p>
      ))}
    </div>
  );
}
