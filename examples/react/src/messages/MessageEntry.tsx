import type { CourierMessageStatus, MessagesToQuery } from "../generated/graphql";
import { Moment } from "../parts/Moment";

type Message = NonNullable<MessagesToQuery["courierMessages"]>["edges"][number]["node"];

const STATUSES: Readonly<Record<CourierMessageStatus, readonly [label: string, kind: string]>> = {
  QUEUED: ["Waiting", ""],
  PROCESSING: ["Being sent", ""],
  SENT: ["Sent", "good"],
  ABANDONED: ["Not sent", "bad"],
};

/** A message: what it is about, and the attempts to send it. */
export function MessageEntry({ message: { status, templateType, sendCount, createdAt, dispatches } }: { message: Message }) {
  const [label, kind] = status ? STATUSES[status] : ["Unknown status", ""];
  return (
    <li>
      <div>
        <div className="line">
          <strong>{subjectOf(templateType)}</strong>
          <span className={`badge ${kind}`}>{label}</span>
        </div>
        <small>
          <Moment at={createdAt} />
        </small>
        {dispatches && dispatches.length > 0 ? (
          <details>
            <summary>{attempts(dispatches.length)}</summary>
            <ol reversed>
              {dispatches.map((dispatch) => (
                <li key={dispatch.id}>
                  <Moment at={dispatch.createdAt} />: {dispatch.status === "success" ? "handed over" : dispatch.status}
                </li>
              ))}
            </ol>
          </details>
        ) : (
          <small>{attempts(sendCount)}</small>
        )}
      </div>
    </li>
  );
}

function attempts(count: number): string {
  if (count === 0) return "Not tried yet";
  return count === 1 ? "1 attempt" : `${count} attempts`;
}

/** `recovery_code_valid` becomes "Recovery code". Kratos sends `…_invalid` to an address that belongs to nobody. */
function subjectOf(templateType: string): string {
  const words = templateType.replace(/_valid$/, "").replace(/_invalid$/, ", unknown address").replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
