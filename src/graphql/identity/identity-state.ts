import { registerEnumType } from "type-graphql";

export enum IdentityState {
  ACTIVE = "active",
  INACTIVE = "inactive",
}

registerEnumType(IdentityState, {
  name: "IdentityState",
  description: "Whether an identity may sign in.",
  valuesConfig: {
    ACTIVE: { description: "It may sign in." },
    INACTIVE: { description: "It may not sign in." },
  },
});

const STATES = new Set<string>(Object.values(IdentityState));

/** @returns null for a state that is none of the known ones, and where the release has none (before v0.7) */
export function identityStateOf(state: string | undefined): IdentityState | null {
  return state !== undefined && STATES.has(state) ? (state as IdentityState) : null;
}
