import { randomBytes, randomUUID } from "node:crypto";
import { notFound } from "./errors.js";
import { withoutAdminMetadata, type Identities, type Identity } from "./identities.js";
import { readTokenPage } from "./pages.js";
import type { Profile } from "./profile.js";
import type { Handler, Routes } from "./server.js";
import { timestamp } from "./time.js";

interface Method {
  readonly method: string;
  readonly aal: "aal1" | "aal2";
  readonly provider?: string;
}

interface Device {
  readonly id: string;
  readonly ip_address: string;
  readonly user_agent: string;
  readonly location: string;
}

/** What a new session is made of. */
export interface NewSession {
  readonly id?: string;
  /** The secret that proves the session. */
  readonly token?: string;
  readonly identityId: string;
  /** When the user signed in, in milliseconds. Default: now. */
  readonly signedInAt?: number;
  readonly lifespanMs?: number;
  readonly active?: boolean;
  readonly methods?: readonly Method[];
  readonly devices: readonly Device[];
}

/** A session, as it is stored. Its token and who it belongs to are not part of what Kratos answers. */
export interface Session extends Required<Omit<NewSession, "signedInAt" | "lifespanMs">> {
  readonly signedInAt: string;
  readonly expiresAt: number;
}

const DAY_MS = 24 * 3_600_000;

/** All sessions of one fake Kratos, in memory. */
export class Sessions {
  readonly #byId = new Map<string, Session>();

  constructor(
    private readonly identities: Identities,
    private readonly profile: Profile,
    private readonly defaultLifespanMs = DAY_MS,
  ) {}

  create({ signedInAt, lifespanMs = this.defaultLifespanMs, ...session }: NewSession): Session {
    const created: Session = {
      id: randomUUID(),
      token: this.profile.sessionTokenPrefix + randomBytes(24).toString("base64url"),
      active: true,
      methods: [{ method: "password", aal: "aal1" }],
      ...session,
      signedInAt: timestamp(signedInAt),
      expiresAt: (signedInAt ?? Date.now()) + lifespanMs,
    };
    this.#byId.set(created.id, created);
    return created;
  }

  /** The latest first. Those of deleted identities are gone. */
  sorted(): Session[] {
    const existing = [...this.#byId.values()].filter(({ identityId }) => this.identities.find(identityId));
    return existing.sort((a, b) => compare(b.signedInAt, a.signedInAt) || compare(a.id, b.id));
  }

  /** @throws {KratosError} if it does not exist */
  get(id: string): Session {
    const session = this.#byId.get(id.toLowerCase());
    if (!session || !this.identities.find(session.identityId)) throw notFound();
    return session;
  }

  /** The session that a token proves, if it is current and its identity is active. */
  findByToken(token: string): Session | undefined {
    const session = [...this.#byId.values()].find((one) => one.token === token);
    return session && isCurrent(session) && this.identities.find(session.identityId)?.state === "active" ? session : undefined;
  }

  /** All sessions of an identity, the latest first. */
  ownedBy(identityId: string): Session[] {
    return this.sorted().filter((session) => session.identityId === identityId.toLowerCase());
  }

  update(id: string, change: Partial<Session>): Session {
    const changed = { ...this.get(id), ...change };
    this.#byId.set(changed.id, changed);
    return changed;
  }

  delete({ id }: Session): void {
    this.#byId.delete(id);
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Whether a session is neither revoked nor expired. */
export const isCurrent = ({ active, expiresAt }: Session): boolean => active && expiresAt > Date.now();

/** A session as v26 shows it. Lists show the stored state, even if the session has expired. */
export function toJson(session: Session, { active = session.active, devices = null, identity = null }: { active?: boolean; devices?: unknown; identity?: object | null }): object {
  const { id, signedInAt, expiresAt, methods } = session;
  return {
    id,
    active,
    expires_at: timestamp(expiresAt),
    authenticated_at: signedInAt,
    authenticator_assurance_level: methods.at(-1)?.aal,
    authentication_methods: methods.map((method) => ({ ...method, completed_at: signedInAt })),
    issued_at: signedInAt,
    identity,
    devices,
  };
}

/** The identity in a list of sessions. */
function withoutAddresses({ metadata_admin: _, verifiable_addresses: __, recovery_addresses: ___, ...identity }: Identity): object {
  return identity;
}

/** A session in a list of one identity's sessions. */
export function toListed(session: Session, identity: Identity): object {
  return toJson(session, { devices: session.devices, identity: { ...withoutAddresses(identity), schema_url: "" } });
}

/** What v26 serves about sessions, as far as the facade uses it. */
export function sessionRoutes(sessions: Sessions, identities: Identities): Routes {
  const getOne = (session: Session, expanded: readonly string[]): object => {
    const identity = identities.get(session.identityId);
    const isActive = isCurrent(session) && (!expanded.includes("identity") || identity.state === "active");
    return toJson(session, {
      active: isActive,
      devices: expanded.includes("devices") ? session.devices : [],
      identity: expanded.includes("identity") ? withoutAdminMetadata(identity) : null,
    });
  };
  const listAll: Handler = ({ query }) => {
    const expanded = query.getAll("expand");
    const { page, link } = readTokenPage("/admin/sessions", filter(sessions.sorted(), query), ({ id, signedInAt: at }) => ({ id, at }), query);
    const json = page.map((session) =>
      toJson(session, {
        devices: expanded.includes("devices") ? session.devices : null,
        identity: expanded.includes("identity") ? withoutAddresses(identities.get(session.identityId)) : null,
      }),
    );
    return { json, headers: { link } };
  };
  const listOfIdentity: Handler = ({ id, query }) => {
    const own = filter(sessions.ownedBy(id), query);
    const size = Number(query.get("per_page"));
    const start = (Number(query.get("page")) - 1) * size;
    return { json: own.slice(start, start + size).map((session) => toListed(session, identities.get(id))) };
  };
  return {
    "GET /sessions": listAll,
    "GET /sessions/:id": ({ id, query }) => ({ json: getOne(sessions.get(id), query.getAll("expand")) }),
    "DELETE /sessions/:id": ({ id }) => {
      sessions.update(id, { active: false });
      return { status: 204 };
    },
    "PATCH /sessions/:id/extend": ({ id }) => ({ json: getOne(sessions.update(id, { expiresAt: Date.now() + DAY_MS }), ["identity"]) }),
    "GET /identities/:id/sessions": listOfIdentity,
    "DELETE /identities/:id/sessions": ({ id }) => {
      const own = sessions.ownedBy(id);
      if (own.length === 0) throw notFound();
      for (const session of own) sessions.delete(session);
      return { status: 204 };
    },
  };
}

function filter(sessions: Session[], query: URLSearchParams): Session[] {
  const active = query.get("active");
  return active === null ? sessions : sessions.filter((session) => String(isCurrent(session)) === active);
}
