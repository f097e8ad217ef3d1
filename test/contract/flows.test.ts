import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { randomUUID } from "node:crypto";
import {
  GetLoginFlowDocument,
  GetRecoveryFlowDocument,
  GetRegistrationFlowDocument,
  GetSettingsFlowDocument,
  GetVerificationFlowDocument,
  type GetLoginFlowQuery,
  type GetRecoveryFlowQuery,
} from "../generated/operations.js";
import { deleteIdentities, readFlow, signUp, startApiFlow, startBrowserFlow, UNKNOWN_ID, type SignedUp } from "../support/kratos-api.js";
import { describeShortLived, startKratos, startShortLivedKratos } from "../support/kratos-under-test.js";
import { codeOf, dataOf, useFacade } from "../support/use-facade.js";

/** The fields that all flows have in common. */
type AnyFlow = TypedDocumentNode<Pick<GetRecoveryFlowQuery, "flow"> | GetLoginFlowQuery, { id: string }>;

const QUERIES = {
  login: GetLoginFlowDocument as AnyFlow,
  registration: GetRegistrationFlowDocument as AnyFlow,
  recovery: GetRecoveryFlowDocument as AnyFlow,
  verification: GetVerificationFlowDocument as AnyFlow,
};
const KINDS = ["login", "registration", "recovery", "verification"] as const;

const { kratos, facade } = useFacade(startKratos);
/** Whether this Kratos returns a flow only to its owner. */
let guarded: boolean;

beforeAll(async () => {
  guarded = (await fetch(`${kratos.adminUrl}/self-service/errors?error=stub:500`, { redirect: "manual" })).status === 307;
});

/** The attributes of a node of Kratos, as the graph returns them. */
const attributesOf = (wire: any) => {
  const { node_type: _, id, ...rest } = wire;
  return Object.fromEntries(Object.entries(rest).filter(([, value]) => typeof value !== "object"));
};

describe.each(KINDS)("a %s flow", (kind) => {
  const ask = (id: string, headers?: Record<string, string>) => facade.ask(QUERIES[kind], { id }, headers);

  it("of an app has the form that Kratos returns", async () => {
    const wire = await readFlow(kratos, kind, (await startApiFlow(kratos, kind)).id);
    const { flow } = dataOf(await ask(wire.id));
    expect(flow).toMatchObject({
      id: wire.id,
      type: wire.type === undefined ? null : "API",
      issuedAt: wire.issued_at,
      expiresAt: wire.expires_at,
      requestUrl: wire.request_url,
      active: wire.active ?? null,
      ui: { action: wire.ui.action, method: wire.ui.method, messages: [] },
    });
    expect(flow!.ui.nodes).toHaveLength(wire.ui.nodes.length);
    flow!.ui.nodes.forEach((node, at) => {
      const own = wire.ui.nodes[at];
      expect(node).toMatchObject({
        type: own.type,
        group: own.group,
        messages: [],
        meta: { label: own.meta.label ? { id: own.meta.label.id, text: own.meta.label.text, type: own.meta.label.type } : null },
        attributes: { __typename: "UiNodeInputAttributes", ...attributesOf(own.attributes) },
      });
    });
  });

  it("of a browser is readable with the browser's cookies, which newer versions of Kratos require", async () => {
    const { id, cookie } = await startBrowserFlow(kratos, kind);
    expect(dataOf(await ask(id, { cookie })).flow).toMatchObject({ id, type: "BROWSER" });
    const without = await ask(id);
    if (guarded) {
      expect(codeOf(without)).toBe("FORBIDDEN");
      expect(without.data).toEqual({ flow: null });
    } else {
      expect(dataOf(without).flow?.id).toBe(id);
    }
  });

  it("is null for an unknown or malformed ID", async () => {
    for (const id of [UNKNOWN_ID, "abc", "", "..", "a&id=b"]) expect(dataOf(await ask(id))).toEqual({ flow: null });
  });
});

describe("a settings flow", () => {
  let user: SignedUp;
  let stranger: SignedUp;
  let wire: any;

  beforeAll(async () => {
    user = await signUp(kratos, { email: `${randomUUID()}@settings.example.com` });
    stranger = await signUp(kratos, { email: `${randomUUID()}@settings.example.com` });
    wire = await startApiFlow(kratos, "settings", user.sessionToken);
  }, 60_000);

  afterAll(() => deleteIdentities(kratos, [user.identityId, stranger.identityId]));

  it("is readable with the session token of its user, as an argument or a header, and has their identity", async () => {
    const byArgument = dataOf(await facade.ask(GetSettingsFlowDocument, { id: wire.id, sessionToken: user.sessionToken }));
    expect(byArgument.flow).toMatchObject({ id: wire.id, type: "API", state: "show_form", identity: { id: user.identityId } });
    const byHeader = await facade.ask(GetSettingsFlowDocument, { id: wire.id }, { "x-session-token": user.sessionToken });
    expect(dataOf(byHeader)).toEqual(byArgument);
  });

  it("has a type for the attributes of every node that Kratos returns", async () => {
    const { flow } = dataOf(await facade.ask(GetSettingsFlowDocument, { id: wire.id, sessionToken: user.sessionToken }));
    const typeOf: Record<string, string> = { input: "Input", img: "Image", a: "Anchor", text: "Text", script: "Script", div: "Division" };
    expect(flow!.ui.nodes.map(({ attributes }) => attributes.__typename)).toEqual(
      wire.ui.nodes.map(({ type }: { type: string }) => `UiNode${typeOf[type]}Attributes`),
    );
  });

  it("is forbidden by newer versions of Kratos without a session, and with another user's session", async () => {
    for (const sessionToken of [undefined, "nope", stranger.sessionToken]) {
      const reply = await facade.ask(GetSettingsFlowDocument, { id: wire.id, sessionToken });
      if (guarded) expect(codeOf(reply)).toBe("FORBIDDEN");
      else expect(dataOf(reply).flow?.id).toBe(wire.id);
    }
  });

  it("is null for an unknown ID if there is a session, except on v0.7, which forbids it", async () => {
    const { version } = (await (await fetch(`${kratos.adminUrl}/version`)).json()) as { version: string };
    for (const id of [UNKNOWN_ID, "abc"]) {
      const reply = await facade.ask(GetSettingsFlowDocument, { id, sessionToken: user.sessionToken });
      if (version.startsWith("v0.7.")) expect(codeOf(reply)).toBe("FORBIDDEN");
      else expect(dataOf(reply)).toEqual({ flow: null });
    }
  });

  it.each(["a b", "line\nbreak", "ünï"])("is rejected with the malformed session token %j", async (sessionToken) => {
    expect(codeOf(await facade.ask(GetSettingsFlowDocument, { id: wire.id, sessionToken }))).toBe("BAD_USER_INPUT");
  });
});

describeShortLived("with flows that expire after a second, and verification disabled", () => {
  const { kratos: shortLived, facade: short } = useFacade(startShortLivedKratos);

  it.each(["login", "registration", "recovery"] as const)("fails for an expired %s flow, and says how to start a new one", async (kind) => {
    const { id } = await startApiFlow(shortLived, kind);
    await new Promise((resolve) => setTimeout(resolve, 1200));
    const reply = await short.ask(QUERIES[kind], { id });
    expect(reply.data).toEqual({ flow: null });
    expect(codeOf(reply)).toBe("FLOW_EXPIRED");
    expect(reply.errors![0]).toMatchObject({
      message: expect.stringMatching(/expired/),
      extensions: { newFlowPath: `/self-service/${kind}/api` },
    });
    expect(JSON.stringify(reply)).not.toContain("127.0.0.1");
  });

  it("fails for a user's expired settings flow", async () => {
    const user = await signUp(shortLived, { email: `${randomUUID()}@settings.example.com` });
    const { id } = await startApiFlow(shortLived, "settings", user.sessionToken);
    await new Promise((resolve) => setTimeout(resolve, 1200));
    expect(codeOf(await short.ask(GetSettingsFlowDocument, { id, sessionToken: user.sessionToken }))).toBe("FLOW_EXPIRED");
    await deleteIdentities(shortLived, [user.identityId]);
  }, 60_000);

  it("forbids a disabled flow with the message of Kratos, in both eras", async () => {
    const reply = await short.ask(GetVerificationFlowDocument, { id: UNKNOWN_ID });
    expect(reply.data).toEqual({ flow: null });
    expect(codeOf(reply)).toBe("FORBIDDEN");
    expect(reply.errors![0]!.message).toMatch(/Verification is not allowed because it was disabled/);
    expect(JSON.stringify(reply)).not.toMatch(/https?:/);
  });
});
