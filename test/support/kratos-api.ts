/* Requests that tests send to Kratos directly: to its public API, and in bulk to its admin API. */
import pMap from "p-map";
import type { KratosUnderTest } from "./kratos-under-test.js";

/** An ID that no identity has. */
export const UNKNOWN_ID = "00000000-0000-4000-8000-000000000000";

/** Different IDs that no identity has. */
export const unknownIds = (count: number): string[] => Array.from({ length: count }, (_, at) => `11111111-1111-4111-8111-${String(at).padStart(12, "0")}`);

export type FlowKind = "login" | "registration" | "recovery" | "verification" | "settings";

type PublicApi = Pick<KratosUnderTest, "publicUrl">;

const json = { "content-type": "application/json", accept: "application/json" };

/** Starts a flow of an app. */
export async function startApiFlow(kratos: PublicApi, kind: FlowKind, sessionToken?: string): Promise<any> {
  const headers = { ...json, ...(sessionToken && { "x-session-token": sessionToken }) };
  const response = await fetch(`${kratos.publicUrl}/self-service/${kind}/api`, { headers, redirect: "manual" });
  return response.json();
}

/** Reads a flow of an app. */
export async function readFlow(kratos: KratosUnderTest, kind: FlowKind, id: string): Promise<any> {
  const read = (url: string) => fetch(`${url}/self-service/${kind}/flows?id=${id}`, { headers: json, redirect: "manual" });
  const response = await read(kratos.adminUrl);
  return (response.ok ? response : await read(kratos.publicUrl)).json();
}

/** Starts a flow of a browser. @returns its ID, and the browser's cookies */
export async function startBrowserFlow(kratos: KratosUnderTest, kind: FlowKind): Promise<{ id: string; cookie: string }> {
  const response = await fetch(`${kratos.publicUrl}/self-service/${kind}/browser`, {
    headers: { accept: "text/html" },
    redirect: "manual",
  });
  const id = new URL(response.headers.get("location") ?? "").searchParams.get("flow") ?? "";
  const cookie = response.headers.getSetCookie().map((line) => line.split(";")[0]).join("; ");
  return { id, cookie };
}

export interface SignedUp {
  readonly sessionToken: string;
  readonly identityId: string;
}

/** The password of users who sign up. */
export const PASSWORD = "cJ7-zt-Qq9mb-wv3";

/** Signs a user up. */
export async function signUp(kratos: KratosUnderTest, traits: object): Promise<SignedUp> {
  const flow = await startApiFlow(kratos, "registration");
  const body = JSON.stringify({ method: "password", password: PASSWORD, traits });
  const response = await fetch(flow.ui.action, { method: "POST", headers: json, body });
  const { session_token, identity } = (await response.json()) as any;
  return { sessionToken: session_token, identityId: identity.id };
}

/** Logs a user in, as an app does. @returns the status of the response */
export async function logIn(kratos: PublicApi, identifier: string, password: string): Promise<number> {
  const flow = await startApiFlow(kratos, "login");
  const body = JSON.stringify({ method: "password", identifier, password });
  return (await fetch(flow.ui.action, { method: "POST", headers: json, body })).status;
}

/** Logs a user in, as a browser does. @returns the session cookie: `name=value` */
export async function logInBrowser(kratos: PublicApi, identifier: string): Promise<string> {
  const cookies = new Map<string, string>();
  const send = async (url: string, init: RequestInit = {}): Promise<Response> => {
    const cookie = [...cookies].map((pair) => pair.join("=")).join("; ");
    const response = await fetch(url, { ...init, headers: { ...json, ...(cookie && { cookie }) }, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) cookies.set(...(/^([^=]*)=([^;]*)/.exec(line)!.slice(1, 3) as [string, string]));
    return response;
  };
  const started = await send(`${kratos.publicUrl}/self-service/login/browser`);
  // v0.6.3 redirects every browser to the page that shows the flow.
  const location = started.headers.get("location");
  const id = location && new URL(location).searchParams.get("flow");
  const form = id ? await send(`${kratos.publicUrl}/self-service/login/flows?id=${id}`) : started;
  const flow = (await form.json()) as any;
  const csrf_token = flow.ui.nodes.find((node: any) => node.attributes.name === "csrf_token").attributes.value;
  const body = { method: "password", csrf_token, password: PASSWORD, identifier, password_identifier: identifier };
  await send(flow.ui.action, { method: "POST", body: JSON.stringify(body) });
  return `ory_kratos_session=${cookies.get("ory_kratos_session")}`;
}

/** Asks for an email to recover an account, as an app does. */
export async function requestRecovery(kratos: KratosUnderTest, email: string): Promise<void> {
  const flow = await startApiFlow(kratos, "recovery");
  const response = await fetch(flow.ui.action, { method: "POST", headers: json, body: JSON.stringify({ method: "link", email }) });
  if (!response.ok) throw new Error(`Kratos answered ${response.status}: ${await response.text()}`);
}

/** Every version of Kratos supports the path without a prefix on the admin port. */
const identities = (kratos: KratosUnderTest) => `${kratos.adminUrl}/identities`;

/** @param more other fields of all of them, as Kratos names them */
export async function createIdentities(kratos: KratosUnderTest, schemaId: string, traits: readonly object[], more: object = {}): Promise<string[]> {
  return pMap(
    traits,
    async (one) => (await createIdentity(kratos, { schema_id: schemaId, traits: one, ...more })).id as string,
    { concurrency: 8 },
  );
}

export async function deleteIdentities(kratos: KratosUnderTest, ids: readonly string[]): Promise<void> {
  await pMap(ids, (id) => fetch(`${identities(kratos)}/${id}`, { method: "DELETE" }), { concurrency: 8 });
}

/** Creates an identity of what Kratos expects in the body. */
export async function createIdentity(kratos: KratosUnderTest, body: object): Promise<any> {
  const response = await fetch(identities(kratos), { method: "POST", headers: json, body: JSON.stringify(body) });
  if (response.status !== 201) throw new Error(`Kratos answered ${response.status}: ${await response.text()}`);
  return response.json();
}

/** Reads an identity. */
export async function readIdentity(kratos: KratosUnderTest, id: string): Promise<any> {
  return (await fetch(`${identities(kratos)}/${id}`)).json();
}

/** Changes an identity in ways for which the facade has no mutation. */
export async function patchIdentity(kratos: KratosUnderTest, id: string, operations: readonly object[]): Promise<Response> {
  return fetch(`${identities(kratos)}/${id}`, { method: "PATCH", headers: json, body: JSON.stringify(operations) });
}
