/** Says that nothing was created, and what is wrong where the form has no field. */
export function FaultSummary({ faults }: { faults: readonly string[] }) {
  return (
    <div className="panel error" role="alert" tabIndex={-1}>
      <strong>The identity was not created.</strong>
      {faults.length === 0 ? (
        <p>See what is said at the fields below.</p>
      ) : (
        <ul>
          {faults.map((fault) => (
            <li key={fault}>{fault}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
