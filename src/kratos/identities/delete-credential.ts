import type { KratosApi } from "../api.js";
import { KratosCredentialNotFoundError, KratosInvalidError, KratosNotFoundError, type ValidationIssue } from "../errors.js";
import type { Feature } from "../features.js";
import { expectDeleted } from "../response.js";
import { isUuid } from "../types.js";
import { isProviderType } from "./credentials.js";
import { getIdentity } from "./get.js";

/** Types that not every version that deletes credentials can delete. */
const DELETABLE_SINCE: Readonly<Record<string, Feature>> = {
  oidc: "deleteOidcCredential",
  password: "deleteAnyCredential",
  saml: "deleteAnyCredential",
};

const OPERATION = "deleteIdentityCredentials";

/**
 * Deletes a credential of an identity.
 * @param identifier the account at a provider, e.g. `google:12345`
 * @throws {KratosNotFoundError} if there is no such identity
 * @throws {KratosCredentialNotFoundError} if the identity has no such credential
 */
export async function deleteCredential(api: KratosApi, id: string, type: string, identifier: string | undefined): Promise<void> {
  api.require(OPERATION, "deleteCredential");
  if (Object.hasOwn(DELETABLE_SINCE, type)) api.require(OPERATION, DELETABLE_SINCE[type]!, `Deleting credentials of the type \`${type}\``, ["type"]);
  const issue = checkCredential(type, identifier);
  if (issue) throw new KratosInvalidError(OPERATION, [issue]);
  if (!isUuid(id)) throw new KratosNotFoundError(OPERATION);
  const searchParams = identifier === undefined ? undefined : { identifier };
  try {
    await api.admin(OPERATION, async (admin) => expectDeleted(await admin.delete(`identities/${id}/credentials/${type}`, { searchParams })));
  } catch (error) {
    if (!(error instanceof KratosNotFoundError)) throw error;
    // Kratos answers the same if there is no identity.
    await getIdentity(api, id);
    throw new KratosCredentialNotFoundError(OPERATION, identifier === undefined ? "type" : "identifier", { outcome: error.outcome });
  }
}

function checkCredential(type: string, identifier: string | undefined): ValidationIssue | undefined {
  if (!/^[a-z_]{1,50}$/.test(type)) return { path: ["type"], message: "The type is invalid. Expected the type of a credential, e.g. `totp`: lowercase letters and underscores." };
  if (!isProviderType(type)) {
    // Kratos would ignore it, and delete all of the credential.
    return identifier === undefined ? undefined : { path: ["identifier"], message: "Expected no identifier: only credentials of the types `oidc` and `saml` are deleted by identifier." };
  }
  if (identifier) return undefined;
  return { path: ["identifier"], message: "Credentials of the types `oidc` and `saml` are deleted one by one. Expected an identifier, e.g. `google:12345`." };
}
