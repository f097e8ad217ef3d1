/** A trait of any shape: objects as lists of terms, lists in a row, everything else as text. */
export function TraitValue({ value }: { value: unknown }) {
  if (Array.isArray(value)) {
    return (
      <ul className="tags">
        {value.map((entry, index) => (
          <li key={index}>
            <TraitValue value={entry} />
          </li>
        ))}
      </ul>
    );
  }
  if (typeof value === "object" && value !== null) {
    return (
      <dl>
        {Object.entries(value).map(([name, entry]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <TraitValue value={entry} />
            </dd>
          </div>
        ))}
      </dl>
    );
  }
  return <bdi>{String(value ?? "–")}</bdi>;
}
