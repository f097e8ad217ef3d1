import type { UserErrorCode } from "../generated/graphql";

/** What each user error means to a user. The messages of the API are for developers. */
export const MEANINGS: Readonly<Record<UserErrorCode, string>> = {
  CONFLICT: "Another identity already uses one of these values.",
  INVALID: "Kratos does not accept this input.",
  NOT_FOUND: "This identity no longer exists.",
  UNSUPPORTED: "This is disabled in the configuration of Kratos, or the connected Kratos is too old for it.",
};

/** What the API shows in place of an address or a trait that is hidden from the caller. */
export const HIDDEN = "***";
