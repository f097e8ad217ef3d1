import type { IdentityState } from "../generated/graphql";

/** Whether an identity may sign in; nothing where Kratos does not say. */
export function StateBadge({ state }: { state: IdentityState | null }) {
  if (state === null) return null;
  return <span className={`badge ${state === "ACTIVE" ? "good" : "muted"}`}>{state === "ACTIVE" ? "Active" : "Inactive"}</span>;
}
