import { Field, ObjectType, registerEnumType } from "type-graphql";
import { KratosConflictError, KratosDisabledError, KratosInvalidError, KratosNotFoundError } from "../kratos/index.js";

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

@ObjectType({ simpleResolvers: true, description: "One thing that is wrong with the input of a mutation. Nothing was changed then." })
export class UserError {
  @Field(() => UserErrorCode, { description: "What kind of fault it is." })
  code: UserErrorCode;

  @Field(() => String, { description: "The fault in English, for developers; translate by `code` and `path`." })
  message: string;

  @Field(() => [String], {
    nullable: true,
    description: 'Where in the arguments the fault is, for a form to show it there: `["input", "traits", "email"]`.',
  })
  path: string[] | null;
}

/** The fields of the inputs by what Kratos' request bodies call them. */
const INPUT_FIELDS: Readonly<Record<string, string>> = {
  schema_id: "schemaId",
  identity_id: "identityId",
  expires_in: "expiresIn",
};

/**
 * The issues that the caller can mend.
 * @param idField the input field that names the identity, where one does
 * @throws the error itself where it is of another kind
 */
export function toUserErrors(error: unknown, idField?: string): UserError[] {
  if (error instanceof KratosInvalidError) {
    return error.issues.map(({ path: [key, ...rest], message }) => ({
      code: UserErrorCode.INVALID,
      message,
      path: ["input", ...(key === undefined ? [] : [INPUT_FIELDS[key] ?? key]), ...rest],
    }));
  }
  if (error instanceof KratosConflictError) {
    return [{ code: UserErrorCode.CONFLICT, message: error.message, path: ["input", "traits"] }];
  }
  if (error instanceof KratosNotFoundError && idField !== undefined) {
    return [{ code: UserErrorCode.NOT_FOUND, message: "There is no identity with this id.", path: ["input", idField] }];
  }
  if (error instanceof KratosDisabledError) {
    return [{ code: UserErrorCode.UNSUPPORTED, message: error.message, path: ["input"] }];
  }
  throw error;
}
