import type { IdentityState } from "../generated/graphql";

/** Shows if an identity can sign in. Empty if Kratos does not report it. */
export function StateBadge({ state }: { state: IdentityState | null }) {
  if (state === null) return null;
  return <span className={`badge ${state === "ACTIVE" ? "good" : "muted"}`}>{state === "ACTIVE" ? "Active" : "Inactive"}</span>;
}
