interface Props {
  /** The key of the field. */
  of: string;
  hints?: readonly (string | undefined)[];
  error?: string;
}

/** The hints and the error of a field. */
export function FieldNotes({ of, hints = [], error }: Props) {
  const shown = hints.filter(Boolean);
  return (
    <div id={`${of}-notes`} className="notes">
      {shown.length > 0 && <p className="muted">{shown.join(" ")}</p>}
      {error && <p className="field-error">{error}</p>}
    </div>
  );
}
