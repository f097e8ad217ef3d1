import { methodName } from "../credentials/credential-entries";
import type { UserError } from "../form/sort-errors";
import type { SessionsOfIdentityFragment } from "../generated/graphql";
import { Confirm } from "../parts/Confirm";
import { Moment } from "../parts/Moment";
import { deviceName } from "./device-name";

type Session = NonNullable<SessionsOfIdentityFragment["sessions"]>["edges"][number]["node"];

interface Props {
  session: Session;
  onRevoke: () => Promise<readonly UserError[] | undefined>;
  onRevoked: () => void;
}

/** A session: on which devices, since when, and how the user signed in. */
export function SessionEntry({ session, onRevoke, onRevoked }: Props) {
  const { active, authenticatedAt, expiresAt, authenticationMethods, devices } = session;
  const [device, ...others] = devices ?? [];
  const name = deviceName(device?.userAgent);
  const methods = authenticationMethods.flatMap(({ method, provider }) => (method ? `${methodName(method)}${provider ? ` (${provider})` : ""}` : []));

  return (
    <li>
      <div>
        <div className="line">
          <strong title={device?.userAgent ?? undefined}>{name}</strong>
          <span className={`badge ${active ? "good" : ""}`}>{active ? "Active" : "Ended"}</span>
        </div>
        {[device, ...others].map((one) => one && <div key={one.id} className="detail">{[one.ipAddress, one.location].filter(Boolean).join(" · ")}</div>)}
        <small>
          Signed in <Moment at={authenticatedAt} />
          {methods.length > 0 && `: ${methods.join(", ")}`}
        </small>
        <small>
          {active ? "Expires" : "Would have expired"} <Moment at={expiresAt} />
        </small>
      </div>
      {active && (
        <Confirm label="Revoke…" about={name} danger question={`Revoke the session in ${name}?`} action="Revoke" meanings={{ NOT_FOUND: "This session no longer exists." }} onConfirm={onRevoke} onDone={onRevoked}>
          <p>The user has to sign in again there.</p>
        </Confirm>
      )}
    </li>
  );
}
