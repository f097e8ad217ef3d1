import type { TraitField } from "./trait-fields.ts";

const HINTS: Partial<Record<TraitField["kind"], string>> = { list: "One per line.", json: "As JSON." };

/** What is to be said at a field: how to fill it in, and what is wrong with it. */
export function FieldNotes({ field, faults }: { field: TraitField; faults: readonly string[] }) {
  const hints = [field.hint, HINTS[field.kind]].filter(Boolean);
  return (
    <div id={`${field.key}-notes`} className="notes">
      {hints.length > 0 && <p className="muted">{hints.join(" ")}</p>}
      {faults.map((fault) => (
        <p key={fault} className="fault">
          {fault}
        </p>
      ))}
    </div>
  );
}
