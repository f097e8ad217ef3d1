import type { IdentityRowFragment } from "../generated/graphql";
import { Moment } from "../parts/Moment";
import { nameOf, subtitleOf } from "../parts/name-of";
import { StateBadge } from "../parts/StateBadge";
import { paths } from "../use-route";

interface Props {
  caption: string;
  identities: readonly IdentityRowFragment[];
}

export function IdentityTable({ caption, identities }: Props) {
  return (
    <table className="panel">
      <caption className="unseen">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">Identity</th>
          <th scope="col">Schema</th>
          <th scope="col">State</th>
          <th scope="col">Created</th>
        </tr>
      </thead>
      <tbody>
        {identities.map((identity) => (
          <tr key={identity.id}>
            <th scope="row">
              <a className="cover" href={paths.identity(identity.id)}>
                <bdi>{nameOf(identity)}</bdi>
              </a>
              <small>{subtitleOf(identity)}</small>
            </th>
            <td>{identity.schemaId}</td>
            <td>
              <StateBadge state={identity.state} />
            </td>
            <td>
              <Moment at={identity.createdAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
