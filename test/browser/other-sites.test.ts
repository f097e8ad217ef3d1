import type { IncomingHttpHeaders } from "node:http";
import { Kratos } from "../../src/kratos/index.js";
import { createFacade } from "../../src/server/facade.js";
import { listen } from "../../src/server/listen.js";
import { startLoopbackServer } from "../support/http.js";
import { useServers } from "../support/lifecycle.js";
import { captureLog } from "../support/logs.js";
import { startScriptedKratos } from "../support/scripted-kratos.js";
import { eventually } from "../support/wait.js";
import { startBrowser } from "./browser.js";

/* What a page of another site can send with a real browser to a server without authentication. */

/** Requests to /graphql so far, with the status of each response. */
const received: { method?: string; headers: IncomingHttpHeaders; status: number }[] = [];

const { browser, facade, friend, stranger } = useServers(async (cleanups) => {
  const kratos = cleanups.use(await startScriptedKratos("v26.2.0"));
  const page = () => startLoopbackServer((_, response) => response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><p>A page</p>"));
  const [friend, stranger] = [cleanups.use(await page()), cleanups.use(await page())];
  const { handle, stop } = await createFacade({
    kratos: new Kratos({ adminUrl: kratos.adminUrl, timeoutMs: 5_000 }),
    logger: captureLog("silent").logger,
    authentication: "none",
    allowedHosts: [],
    corsOrigins: [friend.url],
  });
  cleanups.defer(stop);
  const server = await listen(
    (request, response) => {
      const { method, headers } = request;
      // A page also loads /favicon.ico.
      if (request.url?.startsWith("/graphql")) response.once("finish", () => received.push({ method, headers, status: response.statusCode }));
      handle(request, response);
    },
    "127.0.0.1",
    0,
  );
  cleanups.defer(server.close);
  const browser = await startBrowser();
  cleanups.defer(() => browser.close());
  return { browser, facade: { url: `${server.url}/graphql?query=${encodeURIComponent("{ version }")}` }, friend, stranger };
});

beforeEach(() => received.splice(0));

/**
 * Runs the body of an async function of `url` in a page, and waits until the server has received a request. The page is not one
 * of `openPage`, whose interception of requests turns preflights off.
 * @returns what the function resolves to
 */
async function run(pageUrl: string, body: string): Promise<unknown> {
  const page = await browser.newPage();
  await page.goto(pageUrl);
  const result = await page.evaluate(`(async (url) => { ${body} })(${JSON.stringify(facade.url)})`);
  await eventually("the server has responded", () => received.length > 0);
  await page.close();
  return result;
}

it.each([
  ["an image", "new Image().src = url;"],
  ["a script", "document.head.append(Object.assign(document.createElement('script'), { src: url }));"],
  ["a frame", "document.body.append(Object.assign(document.createElement('iframe'), { src: url }));"],
  ["`fetch` without a preflight", "fetch(url, { mode: 'no-cors', headers: { accept: 'application/graphql-response+json' } }).catch(() => {});"],
  ["`fetch` with CORS", "fetch(url, { headers: { accept: 'application/graphql-response+json' } }).catch(() => {});"],
  [
    "a form with JSON as text",
    `const form = Object.assign(document.createElement("form"), { action: url, method: "post", enctype: "text/plain" });
     form.append(Object.assign(document.createElement("input"), { name: '{"query":"{ version }","a":"', value: '"}' }));
     document.body.append(form);
     form.submit();`,
  ],
])("sends no operation of another site's page with %s", async (_, body) => {
  await run(stranger.url, body);
  expect(received.map(({ status }) => status)).toEqual([400]);
});

it("asks before it sends a bearer token for a page of another site, and does not send it then", async () => {
  await run(stranger.url, "await fetch(url, { headers: { authorization: 'Bearer kg_x' } }).catch(() => {});");
  expect(received.map(({ method }) => method)).toEqual(["OPTIONS"]);
});

it("sends a query by GET of a page that CORS allows, as urql does by default", async () => {
  const answer = await run(friend.url, "return (await fetch(url, { headers: { accept: 'application/graphql-response+json' } })).json();");
  expect(answer).toEqual({ data: { version: "v26.2.0" } });
  expect(received.map(({ method, headers }) => [method, headers["sec-fetch-site"]])).toEqual([["GET", "same-site"]]);
});

it("opens a query that its user types as an address", async () => {
  const page = await browser.newPage();
  await page.goto(facade.url);
  expect(await page.textContent("body")).toContain("v26.2.0");
});
