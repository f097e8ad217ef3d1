import type { ReactNode } from "react";
import { methodName } from "../credentials/credential-entries";
import type { SessionEntryFragment } from "../generated/graphql";
import { Moment } from "../parts/Moment";
import { deviceName } from "./device-name";

interface Props {
  session: SessionEntryFragment;
  /** Content next to the name of the device. */
  badge?: ReactNode;
  /** What can be done with the session. */
  children?: ReactNode;
}

/** A session: on which devices, since when, and how the user signed in. */
export function SessionEntry({ session, badge, children }: Props) {
  const { active, authenticatedAt, expiresAt, authenticationMethods, devices } = session;
  const [device, ...others] = devices ?? [];
  // Who has signed in again has used the same method twice.
  const methods = new Set(authenticationMethods.flatMap(({ method, provider }) => (method ? `${methodName(method)}${provider ? ` (${provider})` : ""}` : [])));

  return (
    <li>
      <div>
        <div className="line">
          <strong title={device?.userAgent ?? undefined}>{deviceOf(session)}</strong>
          {badge}
        </div>
        {[device, ...others].map((one) => one && <div key={one.id} className="detail">{[one.ipAddress, one.location].filter(Boolean).join(" · ")}</div>)}
        <small>
          Signed in <Moment at={authenticatedAt} />
          {methods.size > 0 && `: ${[...methods].join(", ")}`}
        </small>
        <small>
          {active ? "Expires" : "Would have expired"} <Moment at={expiresAt} />
        </small>
      </div>
      {children}
    </li>
  );
}

/** The name of the device on which a session was started. */
export function deviceOf({ devices }: SessionEntryFragment): string {
  return deviceName(devices?.[0]?.userAgent);
}
