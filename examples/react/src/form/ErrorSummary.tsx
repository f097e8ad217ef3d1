interface Props {
  /** What did not happen, as a sentence. */
  title: string;
  /** The errors that belong to no field. */
  errors: readonly string[];
}

/** Says that the form was not saved, and lists the errors that belong to no field. */
export function ErrorSummary({ title, errors }: Props) {
  return (
    <div className="panel error" role="alert" tabIndex={-1}>
      <strong>{title}</strong>
      {errors.length === 0 ? (
        <p>Correct the marked fields below.</p>
      ) : (
        <ul>
          {errors.map((error) => (
            <li key={error}>{error}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
