import { randomUUID } from "node:crypto";
import { goTime, nanosecondsNow } from "../go/go-time.js";
import { sessionTokenOf, type KratosRequest } from "../http/kratos-request.js";
import { identityJson } from "../identities/identity-json.js";
import type { Identity } from "../identities/identity.js";
import type { KratosState } from "../kratos-state.js";
import { randomText } from "./random-text.js";

const lifespanMs = 24 * 60 * 60 * 1000;

/** What a session token stands for. */
export interface Session {
  identityId: string;
}

/** Logs a new identity in, as the `session` hook after a registration does. */
export function openSession(state: KratosState, identity: Identity, request: KratosRequest): Record<string, unknown> {
  const session_token = `${state.era.sessionTokenPrefix}${randomText(32)}`;
  state.sessions.set(session_token, { identityId: identity.id });
  const [now, own] = [nanosecondsNow(), identityJson(state, identity, "own")];
  const method = { method: "password", aal: "aal1", completed_at: now };
  const device = { id: randomUUID(), ip_address: "127.0.0.1:50000", user_agent: request.headers["user-agent"] ?? null, location: "" };
  const rich = state.era.richIdentities;
  const session = {
    id: randomUUID(),
    active: true,
    expires_at: goTime(Date.now() + lifespanMs, "nanoseconds"),
    authenticated_at: now,
    ...(rich ? { authenticator_assurance_level: "aal1", authentication_methods: [method] } : {}),
    issued_at: now,
    identity: own,
    ...(rich ? { devices: [device] } : {}),
  };
  const continueWith = [{ action: "set_ory_session_token", ory_session_token: session_token }];
  return { session_token, session, identity: own, ...(rich ? { continue_with: continueWith } : {}) };
}

/** The identity that a request's session token belongs to. */
export function sessionIdentity(state: KratosState, request: KratosRequest): Identity | undefined {
  const session = state.sessions.get(sessionTokenOf(request) ?? "");
  return session && state.identities.find(session.identityId);
}
