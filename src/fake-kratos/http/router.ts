import type { KratosRequest } from "./kratos-request.js";
import { KratosError } from "./kratos-error.js";
import { pageNotFound, plainText, redirect, type Reply } from "./reply.js";

export type Handler = (request: KratosRequest) => Reply;

export interface Route {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Segments; one that starts with `:` is a variable. */
  pattern: string;
  handle: Handler;
}

/** How one era's HTTP layer treats what no route answers. */
export interface RouterHabits {
  /** A request's path as the routes know it. */
  routedPath(request: KratosRequest): string;
  /** The methods named by a 405's Allow header, given those that have a route. */
  allowed(methods: string[]): string[];
  /** Whether HEAD is answered by the route for GET. */
  headIsGet: boolean;
  /** What happens to `/identities/`: a redirect to `/identities`, or nothing special. */
  redirectsTrailingSlash: boolean;
  /** Whether OPTIONS is answered. */
  answersOptions: boolean;
  /** Whether an answer must not be cached, given whether a route made it. */
  forbidsCaching(request: KratosRequest, routed: boolean): boolean;
  /** A refusal that comes before "not found" and "method not allowed". */
  refusesUnrouted(request: KratosRequest): KratosError | undefined;
}

const routePrefix =
  (method: Route["method"]) =>
  (pattern: string, handle: Handler): Route => ({ method, pattern, handle });
export const get = routePrefix("GET");
export const post = routePrefix("POST");
export const put = routePrefix("PUT");
export const patch = routePrefix("PATCH");
export const del = routePrefix("DELETE");

/** A path in which an escaped slash parts segments like any other, for routers that decode before they look. */
export const decodeSlashes = (path: string): string => path.replace(/%2f/gi, "/");

/** Answers a request by the first route that fits. */
export function answer(routes: readonly Route[], habits: RouterHabits, received: KratosRequest): Reply {
  const request = { ...received, path: habits.routedPath(received) };
  const fitting = routes.flatMap((route) => {
    const params = match(route.pattern, request.path);
    return params ? [{ route, params }] : [];
  });
  const method = habits.headIsGet && request.method === "HEAD" ? "GET" : request.method;
  const found = fitting.find(({ route }) => route.method === method);
  const reply = found
    ? handled(found.route.handle, { ...request, params: found.params })
    : unrouted(
        routes,
        fitting.map(({ route }) => route),
        habits,
        request,
      );
  const caching: Record<string, string> = habits.forbidsCaching(request, found !== undefined)
    ? { "cache-control": "private, no-cache, no-store, must-revalidate" }
    : {};
  return { ...reply, headers: { ...caching, ...reply.headers } };
}

function handled(handle: Handler, request: KratosRequest): Reply {
  try {
    return handle(request);
  } catch (error) {
    if (error instanceof KratosError) return error.toReply();
    throw error;
  }
}

function unrouted(routes: readonly Route[], fitting: readonly Route[], habits: RouterHabits, request: KratosRequest): Reply {
  const refusal = habits.refusesUnrouted(request);
  if (refusal) return refusal.toReply();
  if (fitting.length > 0) {
    const allow = habits
      .allowed(fitting.map(({ method }) => method))
      .sort()
      .join(", ");
    if (habits.answersOptions && request.method === "OPTIONS") return { status: 200, headers: { allow }, body: "" };
    return plainText(405, "Method Not Allowed", { allow });
  }
  const trimmed = request.path.replace(/\/$/, "");
  if (habits.redirectsTrailingSlash && trimmed !== request.path && routes.some(({ pattern }) => match(pattern, trimmed))) {
    return redirect(request.method, request.method === "GET" ? 301 : 307, trimmed + request.search);
  }
  return pageNotFound();
}

function match(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, segment] of wanted.entries()) {
    const value = given[index] ?? "";
    if (segment.startsWith(":") && value !== "") params[segment.slice(1)] = decode(value);
    else if (segment !== value) return undefined;
  }
  return params;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
