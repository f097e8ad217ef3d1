import { GraphQLJSON } from "graphql-scalars";
import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { requireScope } from "../../authorization/require-scope.js";
import type { FacadeContext } from "../../context.js";
import { SECRET_NAMES } from "../secret-names.js";
import { UiNodeInputAttributes } from "./ui-node-attributes.js";

/** Inputs whose value is not for everybody. The CSRF token's is: it is worth nothing without its cookie. */
const SECRET_INPUTS: ReadonlySet<string> = new Set([...SECRET_NAMES, "password"]);

@Resolver(() => UiNodeInputAttributes)
export class UiNodeInputResolver {
  @FieldResolver(() => GraphQLJSON, {
    nullable: true,
    description: "Value to start with or to submit: text, number or boolean. A token or code needs the scope `secrets:read`.",
  })
  value(@Root() { name, initialValue }: UiNodeInputAttributes, @Ctx() { caller }: FacadeContext): unknown {
    // Only some inputs hold a secret, so it is not for @Authorized to say.
    if (SECRET_INPUTS.has(name) && initialValue !== null && initialValue !== "") requireScope(caller, "secrets:read");
    return initialValue;
  }
}
