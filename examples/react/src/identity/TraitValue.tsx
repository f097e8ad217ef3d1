/** A trait of any type: an object as a description list, a list as tags, and anything else as text. */
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
