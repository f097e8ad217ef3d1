import { Field, ObjectType } from "type-graphql";
import type { ListPage, SessionRecord } from "../../kratos/index.js";
import { encodePosition, PageInfo } from "../connection.js";
import { Session } from "./session.type.js";

/** Name of the lists of sessions in their cursors: of all sessions, of those of an identity, and of the other ones of the signed-in user. */
export type SessionList = "sessions" | "Identity.sessions" | "Viewer.otherSessions";

@ObjectType({ simpleResolvers: true, description: "A session in a list." })
export class SessionEdge {
  @Field(() => Session, { description: "The session." })
  readonly node: Session;

  @Field(() => String, { description: "Position of the session in the list. To get the sessions that follow, pass it as `after`, with any page size." })
  readonly cursor: string;

  constructor(node: Session, cursor: string) {
    this.node = node;
    this.cursor = cursor;
  }
}

@ObjectType({ simpleResolvers: true, description: "A page of sessions." })
export class SessionConnection {
  @Field(() => [SessionEdge], { description: "Sessions on the page, each with its cursor." })
  readonly edges: SessionEdge[];

  @Field(() => PageInfo, { description: "Information about the page." })
  readonly pageInfo: PageInfo;

  constructor(list: SessionList, { entries, hasNextPage }: ListPage<SessionRecord>, isFirstPage: boolean) {
    this.edges = entries.map(({ item, position }) => new SessionEdge(new Session(item), encodePosition(list, position)));
    this.pageInfo = new PageInfo(this.edges.map(({ cursor }) => cursor), isFirstPage, hasNextPage);
  }
}
