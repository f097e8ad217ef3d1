import type { IdentityQuery } from "../generated/graphql";

type Identity = NonNullable<IdentityQuery["identity"]>;

interface Props {
  verifiable: Identity["verifiableAddresses"];
  recovery: Identity["recoveryAddresses"];
}

/** The addresses of an identity, each once, with their purpose. */
export function Addresses({ verifiable, recovery }: Props) {
  const values = [...new Set([...verifiable, ...recovery].map(({ value }) => value))];
  return (
    <section className="panel" aria-labelledby="addresses">
      <h2 id="addresses">Addresses</h2>
      {values.length === 0 && <p className="muted">None.</p>}
      <ul className="addresses">
        {values.map((value) => {
          const proof = verifiable.find((address) => address.value === value);
          return (
            <li key={value}>
              <span>{value}</span>
              {proof && <span className={`badge ${proof.verified ? "good" : "muted"}`}>{proof.verified ? "Verified" : "Not verified"}</span>}
              {recovery.some((address) => address.value === value) && <span className="badge">Recovery</span>}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
