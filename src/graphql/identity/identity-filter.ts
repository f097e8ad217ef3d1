import { Directive, Field, ID, InputType } from "type-graphql";
import { isUuid, type IdentityFilter as KratosFilter } from "../../kratos/index.js";
import { requireScope } from "../authorization.js";
import type { FacadeContext } from "../context.js";
import { badUserInput, describeReceived } from "../errors.js";
import { checkOneOf } from "../one-of.js";

/** Kratos accepts no more. */
const MAX_IDS = 500;

/** Length of the column in Kratos' database. Kratos repeats an identifier in the `Link` header, which must not exceed 16 kB. */
const MAX_IDENTIFIER_LENGTH = 255;

/** Description of an identifier, wherever one is an argument. */
export const IDENTIFIER_DESCRIPTION =
  "An identifier that a user signs in with: an email address, a username, a phone number as Kratos stores it, e.g. `+4930123456`, or `provider:subject` for an account at an OpenID Connect provider. Not case-sensitive, except for `provider:subject`.";

@Directive("@oneOf")
@InputType({ description: "Which identities to list. Exactly one of the fields must be given." })
export class IdentityFilter {
  @Field(() => String, { nullable: true, description: `${IDENTIFIER_DESCRIPTION} Requires Kratos v0.13 or later.` })
  identifier?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The beginning of an identifier that a user signs in with, e.g. `ann@`. With SQLite, Kratos finds nothing if it contains `_` or `%`. Requires Kratos v1.2 or later. Also requires the scope `secrets:read` if traits are hidden from callers without it.",
  })
  identifierPrefix?: string | null;

  @Field(() => [ID], { nullable: true, description: `IDs of identities, at most ${MAX_IDS}. Unknown IDs are ignored. Requires Kratos v1.1 or later.` })
  ids?: readonly string[] | null;

  @Field(() => ID, { nullable: true, description: "ID of the organization that the identities belong to. Requires Kratos v1.3.8 or later." })
  organizationId?: string | null;
}

/**
 * The filter in the words of Kratos.
 * @throws BAD_USER_INPUT if Kratos would reject it, or would take it for no filter at all
 * @throws FORBIDDEN if it would reveal what is hidden from the caller
 */
export function toKratosFilter(filter: IdentityFilter, { caller, mask }: Pick<FacadeContext, "caller" | "mask">): KratosFilter {
  checkOneOf("filter", filter, ["identifier", "identifierPrefix", "ids", "organizationId"]);
  const { identifier, identifierPrefix, ids, organizationId } = filter;
  if (typeof identifier === "string") return { identifier: checkIdentifier("filter.identifier", identifier) };
  if (typeof identifierPrefix === "string") {
    // With a prefix, one could guess a hidden address letter by letter. A whole one can only be confirmed.
    if (mask) requireScope(caller, "secrets:read", "A search by prefix could reveal traits that are hidden from you.");
    return { identifierPrefix: checkIdentifier("filter.identifierPrefix", identifierPrefix) };
  }
  if (ids) {
    if (ids.length > MAX_IDS) throw badUserInput(`"filter.ids" must have at most ${MAX_IDS} items; received ${ids.length}.`);
    return { ids: ids.map((id, index) => checkUuid(`filter.ids[${index}]`, id)) };
  }
  return { organizationId: checkUuid("filter.organizationId", organizationId!) };
}

/**
 * Kratos lists all identities if an identifier is empty, or if a prefix is empty after Go has trimmed it.
 * @returns the identifier
 * @throws BAD_USER_INPUT if it is blank, or longer than any
 */
export function checkIdentifier(name: string, identifier: string): string {
  if (identifier.length > MAX_IDENTIFIER_LENGTH) {
    throw badUserInput(`"${name}" must have at most ${MAX_IDENTIFIER_LENGTH} characters; received ${describeReceived(identifier)}.`);
  }
  if (/\P{White_Space}/u.test(identifier)) return identifier;
  throw badUserInput(`"${name}" must not be blank; received ${describeReceived(identifier)}.`);
}

function checkUuid(name: string, id: string): string {
  if (isUuid(id)) return id;
  throw badUserInput(`"${name}" must be a UUID; received ${describeReceived(id)}.`);
}
