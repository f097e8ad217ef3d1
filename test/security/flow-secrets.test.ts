import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import type { FlowKind } from "../../src/kratos/index.js";
import type { Scope } from "../../src/graphql/scopes.js";
import { createApiKey, parseApiKeys } from "../../src/server/auth/api-key.js";
import {
  GetLoginFlowDocument,
  GetRecoveryFlowDocument,
  GetRegistrationFlowDocument,
  GetSettingsFlowDocument,
  GetVerificationFlowDocument,
} from "../generated/operations.js";
import { startScriptedKratos } from "../support/scripted-kratos.js";
import { useFacade } from "../support/use-facade.js";
import recorded from "./recorded-flows.json" with { type: "json" };

/*
 * recorded-flows.json has flows of the real v0.6.3-alpha.1, v1.3.1 and v26.2.0 with all methods enabled: fresh, after a mistake,
 * with a second factor, and with codes, links, passkeys and security keys in use. In all that a user can type or keep secret,
 * a value was planted that contains "xkplant", or 4711 for a number. Equal nodes are stored once. Random values were replaced.
 */
const PLANTED = /xk|4711|example\.com/;
const RETURN_TO =
  "http://127.0.0.1:4455/xkplant-path?mail=xkplant%40Example.com&token=xkplant-token&next=%2Fin%3Fcode%3Dxkplant-code%23xkplant-fragment#xkplant";

const ID = "11111111-1111-4111-8111-111111111111";
const QUERIES = {
  login: GetLoginFlowDocument,
  registration: GetRegistrationFlowDocument,
  recovery: GetRecoveryFlowDocument,
  verification: GetVerificationFlowDocument,
  settings: GetSettingsFlowDocument,
} as Readonly<Record<FlowKind, TypedDocumentNode<{ flow: any }, { id: string }>>>;

const keys = (["identities:read", "secrets:read"] satisfies Scope[]).map((scope) => createApiKey(scope.replace(":", "-"), ["flows:read", scope]));
const guest = createApiKey("guest", ["flows:read"]);
const [reader, insider] = keys as [typeof guest, typeof guest];

let answer: unknown;
let status = 200;
const { facade } = useFacade(() => startScriptedKratos("v26.2.0", (_, path) => (path.startsWith("/self-service/") ? { status, json: answer } : undefined)), {
  authentication: { apiKeys: parseApiKeys([guest, reader, insider].map(({ line }) => line).join("\n")) },
});

type Wire = Record<string, unknown> & { ui: { nodes: any[]; [field: string]: unknown } };

/** Puts a recorded flow together again. */
function restore({ ui, ...flow }: any): Wire {
  const wire = {
    id: ID,
    issued_at: "2026-11-25T04:49:52Z",
    expires_at: "2026-11-25T05:49:52Z",
    ...flow,
    return_to: RETURN_TO,
    identity: { id: "22222222-2222-4222-8222-222222222222", traits: { email: "xkplant@example.com" } },
    ui: { ...ui, method: "POST", nodes: ui.nodes.map((at: number) => recorded.nodes[at]) },
  };
  const text = JSON.stringify(wire).replaceAll("{kratos}", "http://127.0.0.1:4433").replaceAll("{id}", ID);
  return JSON.parse(text.replaceAll("{return}", `return_to=${encodeURIComponent(RETURN_TO)}`)) as Wire;
}

const FLOWS = Object.entries(recorded.flows).map(([name, flow]) => [name, name.split(" ")[1] as FlowKind, restore(flow)] as const);

async function read(kind: FlowKind, wire: Wire, { key }: { key: string }) {
  [status, answer] = [200, wire];
  const { data, errors } = await facade.ask(QUERIES[kind], { id: ID }, { authorization: `Bearer ${key}` });
  return { flow: data!.flow, errors };
}

/** True if a planted value is in the text, in any of the forms that a value can have there. */
function hasPlanted(value: unknown, depth = 4): boolean {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  if (PLANTED.test(text.normalize("NFKC").toLowerCase())) return true;
  if (depth === 0) return false;
  const parts = text.match(/[\w+/=%-]{6,}/g) ?? [];
  const unescaped = [/%[0-9a-f]{2}/i.test(text) ? decodeURIComponent(text.replace(/%(?![0-9a-f]{2})/gi, "%25")) : "", text.replaceAll("\\", "")];
  const decoded = parts.flatMap((part) => [0, 1, 2, 3].map((from) => Buffer.from(part.slice(from), "base64").toString("latin1")));
  return [...unescaped, ...decoded].some((form) => form !== "" && form !== text && hasPlanted(form, form === unescaped[0] ? depth - 1 : 0));
}

it("finds a planted value in each of its forms", () => {
  const forms = ["XKPLANT", "ｘｋplant", "%58kplant", "%2558kplant", Buffer.from("a Xkplant").toString("base64url"), 'x":{\\"xk', { age: 4711 }];
  expect(forms.map((form) => hasPlanted(form))).toEqual(forms.map(() => true));
  expect(FLOWS.every(([, , wire]) => hasPlanted(wire))).toBe(true);
});

describe.each([
  ["flows:read alone", guest],
  ["identities:read", reader],
])("a caller with %s", (_, caller) => {
  it("sees nothing that a user typed or keeps secret in any flow of the real programs", async () => {
    const leaks: string[] = [];
    for (const [name, kind, wire] of FLOWS) {
      const { flow, errors = [] } = await read(kind, wire, caller);
      // Without identities:read, the identity of a settings flow is FORBIDDEN. It is of no flow here.
      const { identity: _identity, ...form } = flow;
      if (hasPlanted(form)) leaks.push(name);
      expect(errors.filter(({ path }) => path?.join() !== "flow,identity")).toEqual([]);
    }
    expect(leaks).toEqual([]);
  }, 30_000);

  it("sees what a page needs: the structure of the form, its CSRF token, and the texts that are the same for everybody", async () => {
    for (const [name, kind, wire] of FLOWS.filter(([name]) => /fresh-browser/.test(name))) {
      const { flow } = await read(kind, wire, caller);
      expect(flow).toMatchObject({ id: ID, type: "BROWSER", requestUrl: `http://127.0.0.1:4433/self-service/${kind}/browser`, returnTo: "***" });
      expect(flow.ui).toMatchObject({ action: `http://127.0.0.1:4433/self-service/${kind}?flow=${ID}`, method: "POST" });
      flow.ui.nodes.forEach((node: any, at: number) => {
        const own = wire.ui.nodes[at];
        expect([name, node.type, node.group, node.attributes.name ?? node.attributes.id]).toEqual([
          name,
          own.type,
          own.group,
          // The name of a trait is visible if the label shows that it is one of the identity schema.
          /^traits\./.test(own.attributes.name) && !own.meta.label ? "***" : (own.attributes.name ?? own.attributes.id),
        ]);
        if (["csrf_token", "method", "provider"].includes(own.attributes.name)) expect(node.attributes.value).toBe(own.attributes.value ?? null);
        const { id, text } = own.meta.label ?? {};
        // "Sign in with Acme" has a variable part.
        if (id) expect(node.meta.label).toMatchObject({ number: id, text: /Acme/i.test(text) ? "***" : text });
      });
    }
  });

  it("sees nothing that a later version of Kratos adds to a flow, a node, an attribute or a text", async () => {
    const planted = "xkplant";
    const text = { id: 1010001, text: planted, type: "info", context: { to: planted } };
    const nodes = ["input", "img", "a", "text", "script", "div", "video"].flatMap((type) =>
      ["", "traits.xkplant", "csrf_token "].map((name) => ({
        type,
        group: planted,
        attributes: {
          ...{ name, id: planted, value: { planted }, src: `data:${planted}`, href: planted, title: text, text, label: text, data: { planted } },
          ...{ onclick: planted, onload: planted, class: planted, added: planted },
        },
        messages: [text, { ...text, id: 9999999 }],
        meta: { label: text },
      })),
    );
    for (const [, kind, wire] of FLOWS.slice(0, 1)) {
      const added = { ...wire, active: planted, state: planted, added: planted, ui: { ...wire.ui, action: planted, nodes, messages: [text] } };
      const { flow } = await read(kind, added, caller);
      expect(hasPlanted(flow)).toBe(false);
      expect(flow.ui.nodes).toHaveLength(nodes.length);
      expect(flow).toMatchObject({ active: "***", state: "***", ui: { action: "***", messages: [{ number: 1010001, text: "***", context: null }] } });
    }
  });

  it.each([
    ["a token", "token=xkplant"],
    ["a token in a nested URL", `return_to=${encodeURIComponent("https://app/?next=%2Fin%3Ftoken%3Dxkplant")}`],
    ["a token in a relative URL", "return_to=/in?token=xkplant"],
    ["the ID of another flow", "flow=xkplant"],
    ["a login hint", "login_hint=xkplant"],
    ["a parameter's name", "xkplant"],
    ["the fragment", "a#token=xkplant"],
  ])("does not see %s in a URL", async (_name, query) => {
    const [, kind, wire] = FLOWS[0]!;
    for (const url of [`https://xkplant:xkplant@auth.test/self-service/login?${query}`, `/in?${query}`, "data:xkplant", "xkplant:/self-service/login", "https://app/xkplant"]) {
      const { flow } = await read(kind, { ...wire, request_url: url, return_to: url, ui: { ...wire.ui, action: url } }, caller);
      expect(hasPlanted(flow)).toBe(false);
      expect(flow.requestUrl).toBe(url.includes("auth.test") ? "https://auth.test/self-service/login" : "***");
    }
  });
});

describe("an expired flow", () => {
  const path = "/self-service/login/browser";
  const query = `?return_to=${encodeURIComponent(RETURN_TO)}`;
  // As v1.3.1 and v26.2.0 respond for a browser.
  const expired = {
    ...{ id: "self_service_flow_expired", code: 410, status: "Gone", message: "The requested resource is no longer available." },
    reason: "The login flow has expired. Redirect the user to the login flow init endpoint to initialize a new login flow.",
    details: { redirect_to: `http://127.0.0.1:4433${path}${query}`, return_to: RETURN_TO },
    use_flow_id: ID,
  };
  const readExpired = async ({ key }: typeof guest) => {
    [status, answer] = [410, { error: expired }];
    const { data, errors } = await facade.ask(QUERIES.login, { id: ID }, { authorization: `Bearer ${key}` });
    expect([data, errors?.length]).toEqual([{ flow: null }, 1]);
    return errors![0]!;
  };

  it.each([guest, reader])("tells callers without secrets:read how to start a new one, without the URL that the user returns to", async (caller) => {
    const error = await readExpired(caller);
    expect(error.extensions).toEqual({ code: "FLOW_EXPIRED", newFlowPath: path, useFlowId: ID });
    expect(hasPlanted(error)).toBe(false);
  });

  it("tells a caller with secrets:read all of it", async () => {
    expect((await readExpired(insider)).extensions).toEqual({ code: "FLOW_EXPIRED", newFlowPath: path + query, useFlowId: ID });
  });
});

describe("a self-service error", () => {
  const READ = '{ selfServiceError(id: "x") { errors { code status message reason errorId details } } }';
  const readError = async (error: object, { key }: typeof guest) => {
    [status, answer] = [200, { id: ID, error }];
    const { data, errors } = await facade.send(READ, {}, { authorization: `Bearer ${key}` });
    expect(errors).toBeUndefined();
    return data!["selfServiceError"].errors[0];
  };
  const planted = {
    ...{ code: 400, status: "Bad xkplant", message: "xkplant@example.com is unknown", reason: "The account xkplant@example.com does not exist", id: "xkplant" },
    details: { email: "xkplant@example.com", token: "xkplant-token", docs: "https://www.ory.sh/kratos/docs/xkplant" },
  };

  it.each([guest, reader])("has no text that depends on the user for callers without secrets:read", async (caller) => {
    const error = await readError(planted, caller);
    expect(error).toEqual({ code: 400, status: "***", message: "***", reason: "***", errorId: "***", details: null });
  });

  it("has for all callers what is the same for every user", async () => {
    const csrf = {
      ...{ code: 403, status: "Forbidden", message: "the request was rejected to protect you from Cross-Site-Request-Forgery", id: "security_csrf_violation" },
      reason:
        "Please retry the flow and optionally clear your cookies. The request was rejected to protect you from Cross-Site-Request-Forgery (CSRF) which could cause account takeover, leaking personal information, and other serious security issues.",
    };
    const { id, ...texts } = csrf;
    expect(await readError({ ...csrf, details: { hint: "xkplant" } }, guest)).toEqual({ ...texts, errorId: id, details: null });
    expect(await readError({ code: 404 }, guest)).toEqual({ code: 404, status: null, message: null, reason: null, errorId: null, details: null });
  });

  it("has all of it for a caller with secrets:read", async () => {
    const { id, ...rest } = planted;
    expect(await readError(planted, insider)).toEqual({ ...rest, errorId: id });
  });
});

it("a caller with secrets:read sees all of it", async () => {
  for (const [name, kind, wire] of FLOWS) {
    const { flow } = await read(kind, wire, insider);
    expect(flow).toMatchObject({ requestUrl: wire["request_url"], returnTo: RETURN_TO });
    const values = (nodes: any[]) => nodes.map(({ attributes }) => attributes.value ?? null);
    expect([name, values(flow.ui.nodes)]).toEqual([name, values(wire.ui.nodes)]);
  }
}, 30_000);
