import { FieldResolver, Resolver, Root } from "type-graphql";
import { encodeCursor } from "./cursor.js";
import { IdentityEdge } from "./identity-connection.js";

@Resolver(() => IdentityEdge)
export class IdentityEdgeResolver {
  @FieldResolver(() => String, { description: "Its place in the list, to be given as `after`. Good for any page size." })
  cursor(@Root() { position }: IdentityEdge): string {
    return encodeCursor(position);
  }
}
