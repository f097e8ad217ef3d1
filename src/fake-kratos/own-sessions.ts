import type { Authentication } from "./authentication.js";
import { KratosError } from "./errors.js";
import { withoutAdminMetadata, type Identities } from "./identities.js";
import type { Handler, Routes } from "./server.js";
import { isCurrent, toJson, toListed, type Session, type Sessions } from "./sessions.js";

const NO_CREDENTIALS = new KratosError(401, { reason: "No valid session credentials found in the request." });
const NO_SESSION = new KratosError(401, { reason: "No valid session cookie found." });
const CURRENT_SESSION = new KratosError(400, { message: "cannot revoke current session" });

/** What v26 serves to users about their own sessions. */
export function ownSessionRoutes(sessions: Sessions, identities: Identities, authentication: Authentication): Routes {
  const othersThan = (own: Session): Session[] => sessions.ownedBy(own.identityId).filter(({ id }) => id !== own.id);
  const list: Handler = (request) => {
    const own = authentication.getStrong(request, NO_SESSION);
    const { page, headers } = readPage(othersThan(own).filter(isCurrent), request.query);
    return { json: page.map((session) => toListed(session, identities.get(own.identityId))), headers };
  };
  return {
    "GET /sessions/whoami": (request) => {
      const session = authentication.getStrong(request, NO_CREDENTIALS);
      const headers = { "x-kratos-authenticated-identity-id": session.identityId, "cache-control": "private, no-cache, no-store, must-revalidate" };
      return { json: toOwn(session, identities), headers };
    },
    "GET /sessions": list,
    "DELETE /sessions": (request) => {
      const others = othersThan(authentication.get(request, NO_SESSION));
      for (const { id } of others) sessions.update(id, { active: false });
      // Sessions that were revoked before count as well.
      return { json: { count: others.length } };
    },
    "DELETE /sessions/:id": (request) => {
      const own = authentication.get(request, NO_SESSION);
      const id = request.id.toLowerCase();
      if (!/^[0-9a-f-]{36}$/.test(id)) throw new KratosError(400, { message: `uuid: incorrect UUID length ${id.length} in string "${id}"` });
      if (id === own.id) throw CURRENT_SESSION;
      if (othersThan(own).some((session) => session.id === id)) sessions.update(id, { active: false });
      // Nobody learns whether a session of somebody else exists.
      return { status: 204 };
    },
  };
}

/** A session as v26 shows it to its user. */
export function toOwn(session: Session, identities: Identities): object {
  return toJson(session, { devices: session.devices, identity: withoutAdminMetadata(identities.get(session.identityId)) });
}

/** A page of a list. Pages count from 1, but the `Link` header takes the number in the request for one that counts from 0. */
function readPage(all: readonly Session[], query: URLSearchParams) {
  const size = Math.max(Number(query.get("per_page") ?? query.get("page_size") ?? 250), 1);
  const at = Math.max(Number(query.get("page")), 0);
  const start = Math.max(at - 1, 0) * size;
  const last = Math.max(Math.ceil(all.length / size) - 1, 0);
  const link = (rel: string, page: number) => {
    const token = Buffer.from(JSON.stringify({ offset: String(page * size), v: 2 })).toString("base64url");
    const shown = Math.min(size, all.length || size);
    return `</sessions?page=${page}&page_size=${shown}&page_token=${token}&per_page=${shown}>; rel="${rel}"`;
  };
  const links = [
    ...(at > 0 || last === 0 ? [link("first", 0)] : []),
    ...(at < last ? [link("next", at + 1)] : []),
    ...(at > 0 ? [link("prev", Math.min(at, last) - 1)] : []),
    ...(at < last ? [link("last", last)] : []),
  ];
  return { page: all.slice(start, start + size), headers: { link: links.join(","), "x-total-count": String(all.length) } };
}
