import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { print, type GraphQLFormattedError } from "graphql";
import { Kratos, type KratosOptions } from "../../src/kratos/index.js";
import { createFacade, type Facade, type FacadeOptions } from "../../src/server/facade.js";
import { listen } from "../../src/server/listen.js";
import { fetchGraphQL } from "./http.js";
import { stopAfterTest, useServers, type Stoppable } from "./lifecycle.js";
import { watchForLeaks } from "./logs.js";
import { startRecordingProxy } from "./recording-proxy.js";

type Addresses = Pick<KratosOptions, "adminUrl" | "publicUrl">;
type RunningKratos = Stoppable & Required<Addresses>;

/** Options of the server and of its Kratos client. No two of them share a name. */
export type FacadeTestOptions = Partial<Omit<FacadeOptions, "kratos">> & Partial<Omit<KratosOptions, keyof Addresses>>;

/** A GraphQL response. */
export interface Reply<Data> {
  readonly data: Data | null | undefined;
  readonly errors: readonly GraphQLFormattedError[] | undefined;
}

export interface FacadeUnderTest extends Stoppable, Pick<Facade, "reloadTraits"> {
  readonly url: string;
  readonly kratos: Kratos;
  /** Sends an operation of test/documents, with its types. */
  ask<Data, Variables>(document: TypedDocumentNode<Data, Variables>, variables: Variables, headers?: Record<string, string>): Promise<Reply<Data>>;
  /** Sends an operation as text. */
  send(query: string, variables?: object, headers?: Record<string, string>): Promise<Reply<Record<string, any>>>;
  /**
   * Does nothing the second time.
   * @throws if data of Kratos got into the log, or internals of the server into the errors of a response
   */
  stop(): Promise<void>;
}

/**
 * Starts a Kratos and a facade in front of it before all tests of the enclosing file or `describe`, and stops both after the
 * last one. Call it once, and add to `cleanups` what must happen before they stop.
 */
export function useFacade<K extends RunningKratos>(startKratos: () => Promise<K>, options?: FacadeTestOptions) {
  return useServers(async (cleanups) => {
    const kratos = cleanups.use(await startKratos());
    const facade = cleanups.use(await createFacadeUnderTest(kratos, options));
    return { kratos, facade, cleanups };
  });
}

/** `useFacade` with proxies that record what the facade sends to Kratos' admin API and to its public API. */
export function useRecordedFacade<K extends RunningKratos>(startKratos: () => Promise<K>, options?: FacadeTestOptions) {
  return useServers(async (cleanups) => {
    const kratos = cleanups.use(await startKratos());
    const adminProxy = cleanups.use(await startRecordingProxy(kratos.adminUrl));
    const publicProxy = cleanups.use(await startRecordingProxy(kratos.publicUrl));
    const facade = cleanups.use(await createFacadeUnderTest({ adminUrl: adminProxy.url, publicUrl: publicProxy.url }, options));
    return { kratos, adminProxy, publicProxy, facade, cleanups };
  });
}

/** Starts a facade that stops when the current test ends. */
export function startFacade(kratos: Addresses, options?: FacadeTestOptions): Promise<FacadeUnderTest> {
  return stopAfterTest(createFacadeUnderTest(kratos, options));
}

/** Serves the facade over HTTP, open to everybody. Its log is as verbose as possible, and checked for leaks when it stops. */
export async function createFacadeUnderTest({ adminUrl, publicUrl }: Addresses, options: FacadeTestOptions = {}): Promise<FacadeUnderTest> {
  const watch = watchForLeaks([adminUrl, publicUrl]);
  const kratos = new Kratos({ timeoutMs: 10_000, ...options, adminUrl, publicUrl });
  // Requests that no test causes would get into what it counts.
  const defaults = { logger: watch.logger, authentication: "none", explorers: true, introspection: true, checkIntervalMs: 0 } as const;
  const facade = await createFacade({ ...defaults, ...options, kratos });
  const server = await listen(facade.handle, "127.0.0.1", 0);
  const send = async (query: string, variables: unknown, headers: Record<string, string> = {}): Promise<Reply<any>> => {
    const { data, errors } = (await fetchGraphQL(`${server.url}/graphql`, { query, variables }, headers)) as Reply<unknown>;
    watch.noteErrors(errors);
    return { data, errors };
  };
  let stopped = false;
  return {
    url: server.url,
    kratos,
    reloadTraits: facade.reloadTraits,
    ask: (document, variables, headers) => send(print(document), variables, headers),
    send,
    stop: async () => {
      if (stopped) return;
      stopped = true;
      await server.close();
      await facade.stop();
      watch.stop();
    },
  };
}

/** The data of a response. Fails the test if there are errors. */
export function dataOf<Data>({ data, errors }: Reply<Data>): Data {
  expect(errors).toBeUndefined();
  return data as Data;
}

/** The code of the only error. Fails the test if there are none, or several. */
export function codeOf({ errors }: Reply<unknown>): unknown {
  expect(errors).toHaveLength(1);
  return errors?.[0]?.extensions?.["code"];
}
