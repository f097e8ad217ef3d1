import { FieldNotes } from "../form/FieldNotes";

interface Props {
  ids: readonly string[];
  value: string;
  error: string | undefined;
  onChange: (id: string) => void;
}

/** Chooses the identity schema of a new identity. */
export function SchemaField({ ids, value, error, onChange }: Props) {
  return (
    <div className="field">
      <label htmlFor="schemaId">Identity schema</label>
      <select id="schemaId" value={value} onChange={(event) => onChange(event.target.value)} aria-invalid={error !== undefined} aria-describedby="schemaId-notes">
        {ids.map((id) => (
          <option key={id}>{id}</option>
        ))}
      </select>
      <FieldNotes of="schemaId" error={error} />
    </div>
  );
}
