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
