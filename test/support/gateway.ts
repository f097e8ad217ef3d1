import { ApolloGateway, RemoteGraphQLDataSource } from "@apollo/gateway";
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import { assertCompositionSuccess, composeServices } from "@theguild/federation-composition";
import { parse } from "graphql";
import type { Reply } from "./facade-under-test.js";

// The gateway would report to Apollo how it is run.
process.env["APOLLO_TELEMETRY_DISABLED"] = "1";

export interface Subgraph {
  readonly name: string;
  readonly sdl: string;
  readonly url: string;
}

/** What callers of the gateway are known by, and each subgraph is told. */
interface Caller {
  readonly authorization?: string;
}

export interface Gateway {
  send(query: string, variables?: object, headers?: Record<string, string>): Promise<Reply<Record<string, any>>>;
  stop(): Promise<void>;
}

/** One graph of several subgraphs. @throws what keeps them from composing */
export function compose(subgraphs: readonly Subgraph[]): string {
  const result = composeServices(subgraphs.map(({ name, sdl, url }) => ({ name, url, typeDefs: parse(sdl) })));
  assertCompositionSuccess(result);
  return result.supergraphSdl;
}

/** A router before the subgraphs, over HTTP. */
export async function startGateway(subgraphs: readonly Subgraph[]): Promise<Gateway> {
  const gateway = new ApolloGateway({
    supergraphSdl: compose(subgraphs),
    buildService: ({ url }) =>
      new RemoteGraphQLDataSource<Caller>({
        url,
        willSendRequest: ({ request, context: { authorization } }) => {
          if (authorization) request.http?.headers.set("authorization", authorization);
        },
      }),
  });
  const server = new ApolloServer<Caller>({ gateway });
  const { url } = await startStandaloneServer(server, {
    listen: { host: "127.0.0.1", port: 0 },
    context: async ({ req }) => ({ authorization: req.headers.authorization }),
  });
  return {
    send: async (query, variables, headers) => {
      const body = JSON.stringify({ query, variables });
      const response = await fetch(url, { method: "POST", headers: { "content-type": "application/json", ...headers }, body });
      const { data, errors } = (await response.json()) as Reply<Record<string, any>>;
      return { data, errors };
    },
    stop: () => server.stop(),
  };
}
