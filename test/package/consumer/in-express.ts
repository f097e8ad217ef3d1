/* A consumer of the library: the facade in an Express application with all options set, and the adapter on its own. */
import express from "express";
import type { AddressInfo } from "node:net";
import {
  buildFacadeSchema,
  createApiKey,
  createContext,
  createFacade,
  Kratos,
  KratosError,
  KratosNotFoundError,
  parseApiKeys,
  type ApiKey,
  type AuthenticationOptions,
  type Caller,
  type FacadeOptions,
  type FacadeSchema,
  type KratosOptions,
  type Limits,
  type RateLimitOptions,
  type Scope,
  type WireIdentity,
} from "kratos-graphql";
import { graphql } from "graphql";
import pino from "pino";

const { KRATOS_ADMIN_URL = "", KRATOS_PUBLIC_URL = "" } = process.env;
const options: KratosOptions = { adminUrl: KRATOS_ADMIN_URL, publicUrl: KRATOS_PUBLIC_URL, timeoutMs: 5_000 };
const kratos = new Kratos(options);

const scopes: Scope[] = ["identities:read"];
const { key, line } = createApiKey("shop", scopes);
const apiKeys: ApiKey[] = parseApiKeys(line);
const authentication: AuthenticationOptions = { apiKeys };
const limits: Partial<Limits> = { depth: 10 };
const rateLimit: RateLimitOptions = { requests: 100, windowS: 10 };
const facadeOptions: FacadeOptions = { kratos, logger: pino({ level: "silent" }), authentication, limits, rateLimit };
const facade = await createFacade(facadeOptions);

const app = express();
app.use("/accounts", facade.handle);
const server = app.listen(0, "127.0.0.1");
await new Promise((resolve) => server.once("listening", resolve));
const { port } = server.address() as AddressInfo;
const response = await fetch(`http://127.0.0.1:${port}/accounts/graphql`, {
  method: "POST",
  headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
  body: JSON.stringify({ query: "{ identities(first: 1) { edges { node { id } } } }" }),
});
const answer = (await response.json()) as { data: { identities: { edges: { node: { id: string } }[] } } };

const id = answer.data.identities.edges[0]?.node.id ?? "";
const identity: WireIdentity | Error | undefined = (await kratos.identities.find([id])).get(id);

const { schema, sdl }: FacadeSchema = buildFacadeSchema();
const caller: Caller = { name: "a test", scopes: new Set(scopes) };
const direct = await graphql({ schema, source: `{ identity(id: "${id}") { id } }`, contextValue: createContext({ kratos, caller }) });

let error: unknown;
await kratos.identities.delete("00000000-0000-4000-8000-000000000000").catch((thrown: unknown) => (error = thrown));

console.log(
  `answers: ${JSON.stringify({
    overHttp: id,
    byTheAdapter: identity && "schema_id" in identity && identity.id,
    bySchema: (direct.data as { identity: { id: string } } | null)?.identity.id,
    sdl: sdl.includes("type Identity"),
    error: error instanceof KratosNotFoundError && error instanceof KratosError && error.operation,
  })}`,
);
server.close();
await facade.stop();
process.exit(0);

// The types reject these.
// @ts-expect-error Not a scope.
scopes.push("everything");
// @ts-expect-error Not a number.
void (() => identity instanceof Error || (identity?.schema_id satisfies number | undefined));
// @ts-expect-error Not an option.
void (() => createFacade({ ...facadeOptions, limit: 1 }));
