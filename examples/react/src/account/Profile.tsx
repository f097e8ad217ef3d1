import type { AccountQuery } from "../generated/graphql";
import { TraitValue } from "../identity/TraitValue";
import { Panel } from "../parts/Panel";
import { paths } from "../use-route";

type Identity = NonNullable<AccountQuery["viewer"]>["identity"];

/** Who the user is. */
export function Profile({ identity: { id, traits, verifiableAddresses } }: { identity: Identity }) {
  const edit = (
    <a className="button" href={paths.profile}>
      Edit profile
    </a>
  );
  return (
    <Panel id="profile" title="Profile" aside={edit}>
      <TraitValue value={traits} />
      <h3>Addresses</h3>
      {verifiableAddresses.length === 0 && <p className="muted">None.</p>}
      <ul className="entries">
        {verifiableAddresses.map(({ value, verified }) => (
          <li key={value}>
            <div className="line">
              <span>{value}</span>
              <span className={`badge ${verified ? "good" : "muted"}`}>{verified ? "Verified" : "Not verified"}</span>
            </div>
          </li>
        ))}
      </ul>
      <h3>ID</h3>
      <code>{id}</code>
    </Panel>
  );
}
