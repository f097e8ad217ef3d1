import { randomBytes, randomUUID } from "node:crypto";
import { KratosError, notFound } from "./errors.js";
import type { Profile } from "./profile.js";
import type { KratosRequest, Routes } from "./server.js";
import { timestamp, ZERO_TIME } from "./time.js";

/** The pages that browsers are redirected to, which an operator of Kratos provides. */
export const UI_URL = "http://127.0.0.1:4455";

/** The kinds of flow that need no session. */
const KINDS = ["login", "registration", "recovery", "verification"];

/** A self-service flow: a form and its state. */
export interface Flow {
  readonly kind: string;
  readonly expiresAt: number;
  /** `name=value`, if the flow belongs to a browser. */
  readonly cookie?: string;
  /** What Kratos answers with. */
  readonly json: { readonly id: string; readonly type: "api" | "browser" };
}

/** All self-service flows of one fake Kratos, in memory. */
export class Flows {
  readonly #byId = new Map<string, Flow>();

  constructor(
    private readonly profile: Profile,
    private readonly publicUrl: string,
    private readonly lifespanMs = 10 * 60_000,
  ) {}

  /** Starts a flow for a browser if its cookie is given, or else for an API client. */
  start(kind: string, cookie?: string): Flow {
    const id = randomUUID();
    const type = cookie === undefined ? "api" : "browser";
    const expiresAt = Date.now() + this.lifespanMs;
    const values: Readonly<Record<string, string>> = {
      id,
      type,
      publicUrl: this.publicUrl,
      issued_at: timestamp(),
      expires_at: timestamp(expiresAt),
      csrf_token: cookie === undefined ? "" : randomBytes(64).toString("base64"),
    };
    const recorded = JSON.stringify(this.profile.flows[`${kind}/${type}`] ?? this.profile.flows[kind]);
    const json = JSON.parse(recorded.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "")) as Flow["json"];
    const flow = { kind, expiresAt, cookie, json };
    this.#byId.set(id, flow);
    return flow;
  }

  /**
   * Reads the flow that a request names in its query.
   * @throws {KratosError} if it does not exist, belongs to another browser, or has expired
   */
  get(kind: string, { query, headers }: KratosRequest): Flow {
    const flow = this.#byId.get(query.get("id") ?? "");
    if (flow?.kind !== kind) throw notFound();
    const belongs = flow.cookie === undefined || headers.cookie?.includes(flow.cookie);
    if (this.profile.guardsFlows && !belongs) throw CSRF_VIOLATION;
    if (flow.expiresAt < Date.now()) throw this.#expired(flow);
    return flow;
  }

  #expired({ kind, json: { type } }: Flow): KratosError {
    const newFlowUrl = `${this.publicUrl}/self-service/${kind}/${type}`;
    return new KratosError(410, {
      reason: `The ${kind} flow has expired. Call the ${kind} flow init API endpoint to initialize a new ${kind} flow.`,
      details: type === "api" ? { api: newFlowUrl } : { redirect_to: newFlowUrl },
    });
  }
}

const CSRF_VIOLATION = new KratosError(403, {
  id: "security_csrf_violation",
  reason: "Please retry the flow and optionally clear your cookies.",
  message: "the request was rejected to protect you from Cross-Site-Request-Forgery",
});
const NO_SESSION = new KratosError(401, { reason: "A valid Ory Session Cookie or Ory Session Token is missing." });
const STUB_ERROR = new KratosError(500, { reason: "This is a stub error." });

/** What starts and reads flows, and the documented example of a self-service error. Without sessions there are no settings flows. */
export function flowRoutes(flows: Flows): Routes {
  return {
    ...Object.fromEntries(KINDS.flatMap((kind) => Object.entries(routesOfKind(flows, kind)))),
    "GET /self-service/settings/flows": () => {
      throw NO_SESSION;
    },
    "GET /self-service/errors": ({ query }) => {
      if (query.get("error") !== "stub:500") throw notFound();
      return { json: { id: randomUUID(), error: STUB_ERROR, created_at: ZERO_TIME, updated_at: ZERO_TIME } };
    },
  };
}

function routesOfKind(flows: Flows, kind: string): Routes {
  return {
    [`GET /self-service/${kind}/api`]: () => ({ json: flows.start(kind).json }),
    [`GET /self-service/${kind}/browser`]: ({ headers }) => {
      const cookie = /csrf_token=[^;]+/.exec(headers.cookie ?? "")?.[0] ?? `csrf_token=${randomBytes(32).toString("base64url")}`;
      const location = `${UI_URL}/${kind}?flow=${flows.start(kind, cookie).json.id}`;
      return { status: 303, headers: { location, "set-cookie": `${cookie}; Path=/; HttpOnly; SameSite=Lax` } };
    },
    [`GET /self-service/${kind}/flows`]: (request) => ({ json: flows.get(kind, request).json }),
  };
}
