/* Users of Kratos, who send requests to its public API with their own sessions. */
import { randomUUID } from "node:crypto";
import { deleteIdentities, PASSWORD, signUp, startApiFlow } from "./kratos-api.js";
import { startKratos } from "./kratos-under-test.js";
import { useServers } from "./lifecycle.js";

export interface Answer {
  readonly status: number;
  /** Undefined if it is not JSON. */
  readonly json: any;
  readonly headers: Headers;
}

export const byToken = (token: string): Record<string, string> => ({ "x-session-token": token });

/** Starts the Kratos of the contract suite for a test file, and deletes the users that it creates. */
export function useUsers() {
  const { kratos, cleanups } = useServers(async (scope) => ({ kratos: scope.use(await startKratos()), cleanups: scope }));

  /** Sends a request, e.g. `GET /sessions`, to the public port or, if it has a whole URL, there. */
  async function send(route: string, headers: Record<string, string> = {}, body?: object): Promise<Answer> {
    const [method = "GET", path = ""] = route.split(" ");
    const response = await fetch(path.startsWith("http") ? path : kratos.publicUrl + path, {
      method,
      headers: { accept: "application/json", ...(body && { "content-type": "application/json" }), ...headers },
      body: body && JSON.stringify(body),
      redirect: "manual",
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json") === true && text !== "";
    return { status: response.status, json: isJson ? JSON.parse(text) : undefined, headers: response.headers };
  }

  return {
    kratos,
    send,
    whoami: (headers?: Record<string, string>) => send("GET /sessions/whoami", headers),

    /** Signs a user up. */
    async createUser(traits: object = {}): Promise<{ id: string; email: string; token: string }> {
      const email = `${randomUUID()}@user.example.com`;
      const { identityId: id, sessionToken: token } = await signUp(kratos, { email, ...traits });
      cleanups.defer(() => deleteIdentities(kratos, [id]));
      return { id, email, token };
    },

    /** Another sign-in of a user. @returns the ID of its session, and its token */
    async signInAgain(email: string): Promise<{ id: string; token: string }> {
      const flow = await startApiFlow(kratos, "login");
      const { json } = await send(`POST ${flow.ui.action}`, {}, { method: "password", identifier: email, password_identifier: email, password: PASSWORD });
      return { id: json.session.id, token: json.session_token };
    },

    async version(): Promise<string> {
      return ((await (await fetch(`${kratos.adminUrl}/version`)).json()) as { version: string }).version;
    },
  };
}
