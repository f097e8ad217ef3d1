import type { KratosAnswer } from "./sender.js";

/** Sends the request that an interceptor was called for, with these headers beside its own; once. */
export type Send = (headers: Readonly<Record<string, string>>) => Promise<KratosAnswer>;

/**
 * Stands between the adapter and Kratos, to hear of a request and give it headers.
 * @param operation Ory's name of what is asked, as `getIdentity`
 * @returns what `send` gave; an operation that is tried again is one
 */
export type Interceptor = (operation: string, send: Send) => Promise<KratosAnswer>;
