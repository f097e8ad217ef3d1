import { Field, ObjectType } from "type-graphql";
import type { SignedInUser } from "../../kratos/index.js";
import { Identity } from "../identity/identity.type.js";
import { Session } from "../session/session.type.js";
import { Tag } from "../tags.js";

@ObjectType({ simpleResolvers: true, description: "The signed-in user: the owner of the Kratos session that the request is sent with." })
export class Viewer {
  @Tag("personal-data")
  @Field(() => Identity, { description: "Identity of the user, with all traits. Fields that require a scope, e.g. `credentials`, require it here, too." })
  readonly identity: Identity;

  @Field(() => Session, { description: "Session that the request is sent with." })
  readonly session: Session;

  /** Not part of the schema. What Kratos says of the user. */
  readonly user: SignedInUser;

  /** The mask is for other people's traits. */
  constructor(user: SignedInUser) {
    this.user = user;
    this.identity = Identity.from(user.identity, undefined);
    this.session = new Session(user.session);
  }
}
