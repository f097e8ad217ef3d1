import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { print, type GraphQLFormattedError } from "graphql";
import { Kratos, type KratosOptions } from "../../src/kratos/index.js";
import { createFacade, type FacadeOptions } from "../../src/server/facade.js";
import { listen } from "../../src/server/listen.js";
import { watchForLeaks } from "./leak-watch.js";

export interface Reply<Data> {
  readonly data: Data | null | undefined;
  readonly errors: readonly GraphQLFormattedError[] | undefined;
}

export interface FacadeUnderTest {
  readonly url: string;
  readonly kratos: Kratos;
  /** Sends an operation of the documents, with its types. */
  ask<Data, Variables>(document: TypedDocumentNode<Data, Variables>, variables: Variables, headers?: Record<string, string>): Promise<Reply<Data>>;
  /** Sends an operation as text. */
  send(query: string, variables?: object, headers?: Record<string, string>): Promise<Reply<Record<string, any>>>;
  /** @throws where something of what Kratos keeps got into the log, or something of the inside into the errors of an answer */
  stop(): Promise<void>;
}

/** The facade over real HTTP, before a Kratos; its log is as verbose as it can be, and watched. */
export async function startFacade(
  options: Partial<KratosOptions> & Pick<KratosOptions, "adminUrl">,
  facadeOptions: Partial<Omit<FacadeOptions, "kratos">> = {},
): Promise<FacadeUnderTest> {
  const watch = watchForLeaks([options.adminUrl, options.publicUrl]);
  const kratos = new Kratos({ timeoutMs: 10_000, ...options });
  const facade = await createFacade({ kratos, logger: watch.logger, authentication: "none", explorers: true, introspection: true, ...facadeOptions });
  const server = await listen(facade.handle, "127.0.0.1", 0);
  const post = async (query: string, variables: unknown, headers: Record<string, string> = {}): Promise<Reply<any>> => {
    const response = await fetch(`${server.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as Reply<unknown>;
    watch.noteErrors(errors);
    return { data, errors };
  };
  return {
    url: server.url,
    kratos,
    ask: (document, variables, headers) => post(print(document), variables, headers),
    send: post,
    stop: async () => {
      await server.close();
      await facade.stop();
      watch.stop();
    },
  };
}

/** The data of a reply without errors; fails the test where there are some. */
export function dataOf<Data>({ data, errors }: Reply<Data>): Data {
  expect(errors).toBeUndefined();
  return data as Data;
}

/** The one error's code; fails the test where there is another number of them. */
export function codeOf({ errors }: Reply<unknown>): unknown {
  expect(errors).toHaveLength(1);
  return errors?.[0]?.extensions?.["code"];
}
