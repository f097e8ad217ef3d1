import { GraphQLJSONObject } from "graphql-scalars";
import { Authorized, Field, ID, InputType, ObjectType } from "type-graphql";
import type { Scope } from "../scopes.js";
import { UserError } from "../user-errors.js";
import { Identity } from "./identity.type.js";

@InputType({ description: "What a new identity is made of." })
export class CreateIdentityInput {
  @Field(() => String, { description: "Id of the identity schema that the traits follow, as `default`." })
  schemaId: string;

  @Field(() => GraphQLJSONObject, { description: "The identity's traits, as its schema describes them." })
  traits: object;
}

@InputType({ description: "A change to an identity. What it does not name stays as it is." })
export class UpdateIdentityInput {
  @Field(() => ID, { description: "The identity's id." })
  id: string;

  @Field(() => String, { nullable: true, description: "Id of the identity schema to move the identity to; left out, it keeps its own." })
  schemaId?: string | null;

  @Field(() => GraphQLJSONObject, { description: "All of the identity's traits as they shall be; they replace the present ones." })
  traits: object;
}

@InputType({ description: "Which identity to delete." })
export class DeleteIdentityInput {
  @Field(() => ID, { description: "The identity's id." })
  id: string;
}

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
