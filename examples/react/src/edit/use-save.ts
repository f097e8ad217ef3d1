import { useApolloClient } from "@apollo/client/react";
import type { JsonObject } from "kratos-graphql/codegen";
import type { UserError } from "../form/sort-errors";
import { PatchIdentityDocument, UpdateIdentityDocument, type EditIdentityQuery } from "../generated/graphql";
import { changesBetween } from "./trait-changes";

type Identity = NonNullable<EditIdentityQuery["identity"]>;

/**
 * Returns a function that saves the traits that have changed, unless someone else has changed the identity since it was loaded. It
 * returns the errors. An older Kratos cannot tell that, and one before v0.13 replaces all traits.
 */
export function useSave(): (identity: Identity, traits: JsonObject) => Promise<readonly UserError[]> {
  const client = useApolloClient();
  return async ({ id, traits: before, updatedAt }, traits) => {
    const patch = async (ifUnmodifiedSince: string | null): Promise<readonly UserError[]> => {
      const input = { id, traits: { merge: changesBetween(before, traits) }, ...(ifUnmodifiedSince !== null && { ifUnmodifiedSince }) };
      const { data } = await client.mutate({ mutation: PatchIdentityDocument, variables: { input } });
      return data?.patchIdentity?.userErrors.map(atTrait) ?? [];
    };
    const replace = async (): Promise<readonly UserError[]> => {
      const { data } = await client.mutate({ mutation: UpdateIdentityDocument, variables: { input: { id, traits } } });
      return data?.updateIdentity?.userErrors ?? [];
    };

    let errors = await patch(updatedAt);
    if (updatedAt !== null && isUnsupported(errors)) errors = await patch(null);
    return isUnsupported(errors) ? replace() : errors;
  };
}

/** True if someone else has changed the identity since it was loaded. */
export function isOutdated(errors: readonly UserError[]): boolean {
  return errors.some(({ path }) => path?.[1] === "ifUnmodifiedSince");
}

function isUnsupported(errors: readonly UserError[]): boolean {
  return errors.some(({ code }) => code === "UNSUPPORTED");
}

/** `input.traits.merge.email` is the trait `input.traits.email`, as is one that was invalid before. */
function atTrait({ code, path }: UserError): UserError {
  const [input, traits, merge, ...trait] = path ?? [];
  return { code, path: input && traits === "traits" && merge === "merge" ? [input, traits, ...trait] : path };
}
