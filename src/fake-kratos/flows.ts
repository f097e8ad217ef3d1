import { randomBytes, randomUUID } from "node:crypto";
import { badRequest, KratosError, notFound } from "./errors.js";
import { setValues, toInputs, type Form, type Message } from "./form.js";
import type { Identity } from "./identities.js";
import type { Profile } from "./profile.js";
import { readCookie, type KratosRequest, type KratosResponse, type Routes } from "./server.js";
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
  /** The identity whose settings the flow changes. */
  readonly ownerId?: string;
  readonly csrfToken: string;
  /** The form without values and messages. */
  readonly blank: Form;
  /** What Kratos answers with. */
  readonly json: Form;
}

/** All self-service flows of one fake Kratos, in memory. */
export class Flows {
  readonly #byId = new Map<string, Flow>();
  /** Errors that browsers are sent to, by their IDs. */
  readonly #errors = new Map<string, object>();

  constructor(
    readonly profile: Profile,
    readonly publicUrl: string,
    private readonly lifespanMs = 10 * 60_000,
  ) {}

  /**
   * Starts a flow for a browser if its cookie is given, or else for an API client.
   * @param for.owner whose settings are filled in
   */
  start(kind: string, { cookie, owner }: { readonly cookie?: string; readonly owner?: Identity } = {}): Flow {
    const id = randomUUID();
    const type = cookie === undefined ? "api" : "browser";
    const expiresAt = Date.now() + this.lifespanMs;
    const csrfToken = cookie === undefined ? "" : randomBytes(64).toString("base64");
    const values: Readonly<Record<string, string>> = {
      id,
      type,
      publicUrl: this.publicUrl,
      issued_at: timestamp(),
      expires_at: timestamp(expiresAt),
      csrf_token: csrfToken,
    };
    const recorded = JSON.stringify(this.profile.flows[`${kind}/${type}`] ?? this.profile.flows[kind]);
    const blank = JSON.parse(recorded.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "")) as Form;
    const json = owner ? setValues(blank, "profile", new Map(toInputs(owner.traits))) : blank;
    return this.update({ kind, expiresAt, cookie, ownerId: owner?.id, csrfToken, blank, json }, json);
  }

  /** Keeps what a form has become. */
  update(flow: Flow, json: Form): Flow {
    const updated = { ...flow, json };
    this.#byId.set(json.id, updated);
    return updated;
  }

  /** Redirects a browser. */
  redirect(location: string, headers: KratosResponse["headers"] = {}): KratosResponse {
    return { status: this.profile.startsFlows === "with JSON" ? 303 : 302, headers: { location, ...headers } };
  }

  /** Keeps an error, and sends a browser to the page that shows it. */
  redirectToError(error: KratosError): KratosResponse {
    const [id, now] = [randomUUID(), timestamp()];
    this.#errors.set(id, { id, error, created_at: now, updated_at: now });
    return this.redirect(`${UI_URL}/error?error=${id}`);
  }

  /** @throws {KratosError} if there is none with this ID */
  getError(id: string): object {
    if (id === "stub:500") return { id: randomUUID(), error: STUB_ERROR, created_at: ZERO_TIME, updated_at: ZERO_TIME };
    const kept = this.#errors.get(id);
    if (!kept) throw notFound();
    return kept;
  }

  /** The `name=value` of the cookie that prevents forged requests: the browser's, or a new one with the header that sets it. */
  csrfCookie(request: KratosRequest): { readonly cookie: string; readonly headers: Readonly<Record<string, string>> } {
    const { name } = this.profile.csrfCookie(this.publicUrl);
    const known = readCookie(request, name);
    if (known !== undefined) return { cookie: `${name}=${known}`, headers: {} };
    const line = this.newCsrfCookie();
    return { cookie: line.split(";")[0]!, headers: { "set-cookie": line } };
  }

  /** The header that sets another cookie of that kind, as after a login. */
  newCsrfCookie(): string {
    const { name, attributes } = this.profile.csrfCookie(this.publicUrl);
    return `${name}=${randomBytes(32).toString("base64")}; ${attributes}`;
  }

  /**
   * Reads the flow that a request names in its query.
   * @throws {KratosError} if it does not exist, belongs to another browser, or has expired
   */
  get(kind: string, { query, headers }: KratosRequest): Flow {
    const flow = this.#byId.get(query.get("id") ?? "");
    if (flow?.kind !== kind) throw notFound();
    // Settings are guarded by the session.
    const belongs = flow.cookie === undefined || flow.ownerId !== undefined || headers.cookie?.includes(flow.cookie);
    if (this.profile.guardsFlows && !belongs) throw CSRF_VIOLATION;
    return this.#unexpired(flow);
  }

  /**
   * Reads the flow whose form a request submits.
   * @param unknown the error if it does not exist
   */
  getSubmitted(kind: string, { query }: KratosRequest, unknown: KratosError): Flow {
    const id = query.get("flow") ?? "";
    if (!/^[0-9a-f-]{36}$/i.test(id)) throw badRequest("The flow query parameter is missing or malformed.");
    const flow = this.#byId.get(id.toLowerCase());
    if (flow?.kind !== kind) throw unknown;
    return this.#unexpired(flow);
  }

  #unexpired(flow: Flow): Flow {
    if (flow.expiresAt >= Date.now()) return flow;
    const { kind, json: { type } } = flow;
    const newFlowUrl = `${this.publicUrl}/self-service/${kind}/${type}`;
    throw new KratosError(410, {
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
const STUB_ERROR = new KratosError(500, { reason: "This is a stub error." });

/** What starts and reads flows that need no session, and reads self-service errors, of which one is documented as an example. */
export function flowRoutes(flows: Flows): Routes {
  return {
    ...Object.fromEntries(KINDS.flatMap((kind) => Object.entries(routesOfKind(flows, kind)))),
    "GET /self-service/errors": ({ query }) => ({ json: flows.getError(query.get("error") ?? "") }),
  };
}

function routesOfKind(flows: Flows, kind: string): Routes {
  return {
    [`GET /self-service/${kind}/api`]: () => ({ json: flows.start(kind).json }),
    [`GET /self-service/${kind}/browser`]: (request) => startForBrowser(flows, kind, request),
    [`GET /self-service/${kind}/flows`]: (request) => ({ json: flows.get(kind, request).json }),
  };
}

/** Starts a flow for a browser, which gets it as JSON if it accepts that, or is redirected to the page with the form. */
export function startForBrowser(flows: Flows, kind: string, request: KratosRequest, owner?: Identity, show = ({ json }: Flow): object => json): KratosResponse {
  const { cookie, headers } = flows.csrfCookie(request);
  const flow = flows.start(kind, { cookie, owner });
  return acceptsJson(flows, request) ? { json: show(flow), headers } : flows.redirect(`${UI_URL}/${kind}?flow=${flow.json.id}`, headers);
}

const acceptsJson = ({ profile }: Flows, { headers }: KratosRequest): boolean =>
  profile.startsFlows === "with JSON" && headers.accept?.includes("application/json") === true;

/** What a message says of a header that only browsers send. */
const BROWSER_HEADERS = { origin: "made as part of an AJAX request in a Browser", cookie: "made by a Browser" };

/**
 * Checks who submits a flow.
 * @returns a message if a browser submits the flow of an app
 * @throws {KratosError} if a browser's flow comes without its cookie, or without the token that belongs to it
 */
export function checkSender({ blank, cookie, csrfToken }: Flow, { headers, body }: KratosRequest): Message | undefined {
  if (blank.type === "browser") {
    if (headers.cookie?.includes(cookie!) && (body as { csrf_token?: string }).csrf_token === csrfToken) return undefined;
    throw CSRF_VIOLATION;
  }
  const [name, sender] = Object.entries(BROWSER_HEADERS).find(([header]) => headers[header] !== undefined) ?? [];
  if (name === undefined) return undefined;
  const text = `The HTTP Request Header included the "${name[0]!.toUpperCase()}${name.slice(1)}" key, indicating that this request was ${sender}. The flow however was initiated as an API request. To prevent potential misuse and mitigate several attack vectors including CSRF, the request has been blocked. Please consult the documentation.`;
  return { id: 4000001, text, type: "error" };
}
