/** Says that the identity was not created, and lists the errors that belong to no field. */
export function ErrorSummary({ errors }: { errors: readonly string[] }) {
  return (
    <div className="panel error" role="alert" tabIndex={-1}>
      <strong>The identity was not created.</strong>
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
