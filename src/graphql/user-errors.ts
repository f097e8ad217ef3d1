import { Field, ObjectType, registerEnumType } from "type-graphql";
import { type ChangeOutcome, KratosConflictError, KratosCredentialNotFoundError, KratosDisabledError, KratosError, KratosInvalidError, KratosModifiedError, KratosNotFoundError, KratosUnsupportedError } from "../kratos/index.js";

export enum UserErrorCode {
  INVALID = "INVALID",
  NOT_FOUND = "NOT_FOUND",
  CONFLICT = "CONFLICT",
  UNSUPPORTED = "UNSUPPORTED",
}

registerEnumType(UserErrorCode, {
  name: "UserErrorCode",
  description: "The possible codes of a user error.",
  valuesConfig: {
    INVALID: { description: "A value is invalid, e.g. a trait does not match the identity schema. `message` states what was expected." },
    CONFLICT: { description: "Another identity already uses the same identifier, address, external ID or account at an OpenID Connect provider. Or the identity was changed after `ifUnmodifiedSince`." },
    NOT_FOUND: { description: "No identity or session has this ID, or the identity has no such credential." },
    UNSUPPORTED: { description: "The feature is disabled in the Kratos configuration, or the connected Kratos is too old. In the latter case, `message` states the first version that has the feature." },
  },
});

@ObjectType({ simpleResolvers: true, description: "An error that prevented a mutation. If a mutation returns user errors, it has changed nothing." })
export class UserError {
  @Field(() => UserErrorCode, { description: "Error code." })
  code: UserErrorCode;

  @Field(() => String, { description: "Error message in English, for developers. To show users a translated message, use `code` and `path`." })
  message: string;

  @Field(() => [String], {
    nullable: true,
    description: 'Path of the argument that caused the error, e.g. `["input", "traits", "email"]`. Use it to show the error next to the right form field.',
  })
  path: string[] | null;

  /** What is known of the change, for the audit: `NOT_SENT` or `REFUSED`. Not part of the schema. */
  outcome: ChangeOutcome;
}

/** Input fields, by their names in the request bodies of Kratos. */
const INPUT_FIELDS: Readonly<Record<string, string>> = {
  schema_id: "schemaId",
  identity_id: "identityId",
  expires_in: "expiresIn",
  return_to: "returnTo",
};

/**
 * Converts an error that the caller can fix.
 * @param idField name of the input field with the ID of the identity, if there is one
 * @param conflictPath path below the input of what another identity may have. Kratos does not say what it is
 * @throws the error itself, if it is of another kind
 */
export function toUserErrors(error: unknown, idField?: string, conflictPath: readonly string[] = ["traits"]): UserError[] {
  if (!(error instanceof KratosError)) throw error;
  const { outcome } = error;
  if (error instanceof KratosInvalidError) {
    return error.issues.map(({ path: [key, ...rest], message }) => ({
      code: UserErrorCode.INVALID,
      message,
      path: ["input", ...(key === undefined ? [] : [INPUT_FIELDS[key] ?? key]), ...rest],
      outcome,
    }));
  }
  if (error instanceof KratosConflictError) {
    return [{ code: UserErrorCode.CONFLICT, message: error.message, path: ["input", ...conflictPath], outcome }];
  }
  if (error instanceof KratosCredentialNotFoundError) {
    return [{ code: UserErrorCode.NOT_FOUND, message: `The identity has no credential with this ${error.property}.`, path: ["input", error.property], outcome }];
  }
  if (error instanceof KratosModifiedError) {
    return [{ code: UserErrorCode.CONFLICT, message: error.message, path: ["input", "ifUnmodifiedSince"], outcome }];
  }
  if (error instanceof KratosNotFoundError && idField !== undefined) {
    return [{ code: UserErrorCode.NOT_FOUND, message: "No identity has this ID.", path: ["input", idField], outcome }];
  }
  if (error instanceof KratosDisabledError) {
    return [{ code: UserErrorCode.UNSUPPORTED, message: error.message, path: ["input"], outcome }];
  }
  if (error instanceof KratosUnsupportedError) {
    return [{ code: UserErrorCode.UNSUPPORTED, message: error.message, path: error.path ? ["input", ...error.path] : null, outcome }];
  }
  throw error;
}
