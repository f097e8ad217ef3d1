import {
  KratosConflictError,
  KratosDisabledError,
  KratosInvalidError,
  KratosNotFoundError,
} from "../../kratos/index.js";
import { UserErrorCode } from "./user-error-code.js";
import type { UserError } from "./user-error.js";

/** The fields of the inputs by what Kratos' request bodies call them. */
const INPUT_FIELDS: Readonly<Record<string, string>> = {
  schema_id: "schemaId",
  identity_id: "identityId",
  expires_in: "expiresIn",
};

/**
 * The faults that the caller can mend.
 * @param idField the input field that names the identity, where one does
 * @throws the error itself where it is of another kind
 */
export function userErrorsOf(error: unknown, idField?: string): UserError[] {
  if (error instanceof KratosInvalidError) {
    return error.faults.map(({ path: [key, ...rest], message }) => ({
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
