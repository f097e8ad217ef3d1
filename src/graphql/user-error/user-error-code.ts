import { registerEnumType } from "type-graphql";

export enum UserErrorCode {
  INVALID = "INVALID",
  NOT_FOUND = "NOT_FOUND",
  CONFLICT = "CONFLICT",
  UNSUPPORTED = "UNSUPPORTED",
}

registerEnumType(UserErrorCode, {
  name: "UserErrorCode",
  description: "What kind of fault a user error is.",
  valuesConfig: {
    INVALID: { description: "The value does not do, say by the identity schema; `message` says what was expected." },
    NOT_FOUND: { description: "There is no identity with this id." },
    CONFLICT: { description: "Another identity has one of these identifiers or addresses already." },
    UNSUPPORTED: { description: "This Kratos does not do it: its configuration switches it off." },
  },
});
