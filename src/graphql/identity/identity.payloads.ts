import { Authorized, Field, ID, ObjectType } from "type-graphql";
import type { Scope } from "../authorization/scope.js";
import { UserError } from "../user-error/user-error.js";
import { Identity } from "./identity.type.js";

@ObjectType({ simpleResolvers: true, description: "What became of `createIdentity`." })
export class CreateIdentityPayload {
  @Authorized<Scope>("identities:read")
  @Field(() => Identity, { nullable: true, simple: false, description: "The new identity; null where there are user errors." })
  identity: Identity | null;

  @Field(() => [UserError], { description: "What is wrong with the input, one entry for each fault; empty where all went well." })
  userErrors: UserError[];
}

@ObjectType({ simpleResolvers: true, description: "What became of `updateIdentity`." })
export class UpdateIdentityPayload {
  @Authorized<Scope>("identities:read")
  @Field(() => Identity, { nullable: true, simple: false, description: "The identity as it is now; null where there are user errors." })
  identity: Identity | null;

  @Field(() => [UserError], { description: "What is wrong with the input, one entry for each fault; empty where all went well." })
  userErrors: UserError[];
}

@ObjectType({ simpleResolvers: true, description: "What became of `deleteIdentity`." })
export class DeleteIdentityPayload {
  @Field(() => ID, { nullable: true, description: "Id of the identity that is gone now; null where there are user errors." })
  deletedIdentityId: string | null;

  @Field(() => [UserError], { description: "What is wrong with the input, one entry for each fault; empty where all went well." })
  userErrors: UserError[];
}
