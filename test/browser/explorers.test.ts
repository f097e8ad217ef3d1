import { randomUUID } from "node:crypto";
import type { Locator, Page } from "playwright-core";
import { SAMPLE_IDENTITY_ID, SAMPLE_SCHEMAS, SAMPLE_SESSION_TOKEN } from "../../src/fake-kratos/index.js";
import { buildFacadeSchema } from "../../src/graphql/schema.js";
import { createApiKey, parseApiKeys } from "../../src/server/auth/api-key.js";
import { createSamples } from "../../src/server/explorer/samples.js";
import { startFakeKratos } from "../fake-kratos/index.js";
import { logInBrowser, signUp } from "../support/kratos-api.js";
import { useServers } from "../support/lifecycle.js";
import { createFacadeUnderTest, startFacade } from "../support/use-facade.js";
import { keepScreenshot, openPage, startBrowser } from "./browser.js";

/** As a server with the built-in fake Kratos has them. */
const traits = { schemas: SAMPLE_SCHEMAS, trustsSchema: false };

const COOKIE = "ory_kratos_session";

const { facade, kratos, browser } = useServers(async (cleanups) => {
  const kratos = cleanups.use(await startFakeKratos());
  const facade = cleanups.use(await createFacadeUnderTest(kratos, { sampleIdentityId: SAMPLE_IDENTITY_ID, traits }));
  const browser = await startBrowser();
  cleanups.defer(() => browser.close());
  return { facade, kratos, browser };
});

/** Enters headers of the current tab. */
async function enterHeaders(page: Page, headers: object): Promise<void> {
  await page.getByRole("button", { name: "Headers" }).click();
  await page.getByLabel("Headers").last().click();
  await page.keyboard.insertText(JSON.stringify(headers));
}

/** Sends an operation of the current tab. @returns the response, once it is shown */
async function run(page: Page, operation: string): Promise<Locator> {
  // It opens a menu once GraphiQL has read the operations.
  await page.locator("button[aria-label^='Execute query'][aria-haspopup=menu]").click();
  await page.getByRole("menuitem", { name: operation, exact: true }).click();
  return page.getByLabel("Result Window");
}

/** The cookie of a browser in which a user has signed in. */
async function toCookie(email: string, url: string) {
  const [name, value = ""] = (await logInBrowser(kratos, email)).split("=");
  return { name: name!, value, url };
}

describe("the explorer, without a network", () => {
  it("shows the documentation, a tab for each sample and the variables, and sends an operation with the ID of a sample identity", async () => {
    const { page, tried, complaints } = await openPage(browser);
    await page.goto(`${facade.url}/explorer/`);
    await page.getByRole("link", { name: "IdentityConnection" }).waitFor();
    await page.getByRole("link", { name: "Query", exact: true }).click();
    await page.getByText("Look up an identity by ID.").first().waitFor();
    await page.getByRole("link", { name: "Back to Docs" }).click();
    expect(await page.getByRole("tab").allInnerTexts()).toEqual(["Identities", "CreateIdentity", "Sessions", "Viewer", "CourierMessages", "LoginFlow", "Version", "Entities"]);
    await page.getByLabel("Variables").getByText(SAMPLE_IDENTITY_ID).waitFor();
    await (await run(page, "Identity")).getByText("Søren").waitFor();
    await keepScreenshot(page, "docs/explorer.png");
    await page.getByRole("tab", { name: "Version" }).click();
    await (await run(page, "Version")).getByText("v26.2.0").waitFor();
    expect(tried).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it("has a name for each control", async () => {
    const { page } = await openPage(browser);
    await page.goto(`${facade.url}/explorer/`);
    await page.getByRole("link", { name: "IdentityConnection" }).waitFor();
    const controls = await page.locator("button, a, input, [role=button], [role=tab]").all();
    expect(controls.length).toBeGreaterThan(20);
    const snapshot = await page.locator("body").ariaSnapshot();
    expect(snapshot.split("\n").filter((line) => /^\s*- (button|link|tab|textbox|combobox)( \[.*)?:?$/.test(line))).toEqual([]);
  });

  it("fits a phone: an operation can be sent, its response is below it, and the documentation can be opened", async () => {
    const { page } = await openPage(browser, { viewport: { width: 390, height: 800 } });
    await page.goto(`${facade.url}/explorer/`);
    const send = (await page.getByRole("button", { name: /^Execute query/ }).boundingBox())!;
    expect(send.x + send.width).toBeLessThanOrEqual(390);
    const response = await run(page, "Identity");
    await response.getByText("ACTIVE").waitFor();
    const box = (await response.boundingBox())!;
    expect(box.y).toBeGreaterThan(send.y + send.height);
    expect([box.width > 250, box.height > 250, box.y + box.height <= 800]).toEqual([true, true, true]);
    await page.getByRole("button", { name: "Show Documentation Explorer" }).click();
    const docs = (await page.getByRole("link", { name: "Query", exact: true }).boundingBox())!;
    expect(docs.x + docs.width).toBeLessThanOrEqual(390);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
  });

  it("sends an API key that is entered as a header, also to fetch the schema, and does not store it", async () => {
    const { key, line } = createApiKey("shop", ["identities:read"]);
    const closed = await startFacade(kratos, { authentication: { apiKeys: parseApiKeys(line) } });
    const { page } = await openPage(browser);
    await page.goto(`${closed.url}/explorer/`);
    await page.getByText("Error fetching schema").waitFor();
    await page.getByLabel("Result Window").getByText("Authentication is").waitFor();
    await enterHeaders(page, { Authorization: `Bearer ${key}` });
    await page.getByRole("button", { name: "Re-fetch GraphQL schema" }).click();
    await page.getByRole("link", { name: "IdentityConnection" }).waitFor();
    await (await run(page, "Identities")).getByText("नीलम").waitFor();
    const stored = await page.evaluate<string>("JSON.stringify(localStorage)");
    expect([stored.includes("query Identities"), stored.includes(key)]).toEqual([true, false]);
  });

  it("acts for a signed-in user by the session token that is entered as a header, or else by Kratos' cookie", async () => {
    const forUsers = await startFacade(kratos, { authentication: { apiKeys: [], sessions: { cookie: COOKIE, optional: true } } });
    const email = `${randomUUID()}@explorer.example.com`;
    await signUp(kratos, { email, name: { first: "Ida" } });
    const { page } = await openPage(browser);
    await page.context().addCookies([await toCookie(email, forUsers.url)]);
    await page.goto(`${forUsers.url}/explorer/`);
    // GraphiQL misses the operations of a tab that is opened before it has read those of the first one.
    await (await run(page, "Identities")).getByText("FORBIDDEN").waitFor();
    await page.getByRole("tab", { name: "Viewer" }).click();
    await (await run(page, "Viewer")).getByText("Ida").waitFor();
    await (await run(page, "UpdateViewerTraits")).getByText("Lovelace").waitFor();
    await enterHeaders(page, { "X-Session-Token": SAMPLE_SESSION_TOKEN });
    await (await run(page, "Viewer")).getByText("Søren").waitFor();
  });

  it("leaves out the cookie of a signed-in user if an API key is entered, because the server refuses two credentials", async () => {
    const { key, line } = createApiKey("shop", ["identities:read"]);
    const closed = await startFacade(kratos, { authentication: { apiKeys: parseApiKeys(line), sessions: { cookie: COOKIE } } });
    const email = `${randomUUID()}@explorer.example.com`;
    await signUp(kratos, { email });
    const { page } = await openPage(browser);
    await page.context().addCookies([await toCookie(email, closed.url)]);
    await page.goto(`${closed.url}/explorer/`);
    await page.getByRole("link", { name: "IdentityConnection" }).waitFor();
    await enterHeaders(page, { authorization: `Bearer ${key}` });
    await (await run(page, "Identities")).getByText("नीलम").waitFor();
  });
});

describe("the Sandbox page", () => {
  const EMBEDDED = "https://sandbox.embed.apollographql.com";
  /** Serves a stand-in for Apollo's script, which opens a frame as the original does. */
  const serveScript = (page: Page) => {
    const script = "window.EmbeddedSandbox = class { constructor(options) { const frame = document.createElement('iframe');"
      + ` frame.src = '${EMBEDDED}/sandbox/explorer?' + encodeURIComponent(options.initialState.document);`
      + " frame.title = options.initialEndpoint; document.querySelector(options.target).append(frame); } }";
    return page.route("https://embeddable-sandbox.cdn.apollographql.com/**", (route) => route.fulfill({ contentType: "text/javascript", body: script }));
  };

  it("opens the explorer if Sandbox cannot be loaded", async () => {
    const { page, tried } = await openPage(browser);
    await page.goto(`${facade.url}/graphql`);
    await page.waitForURL(`${facade.url}/explorer/`);
    await page.getByRole("tab", { name: "Identities" }).waitFor();
    expect(tried).toEqual([expect.stringMatching(/^https:\/\/embeddable-sandbox\.cdn\.apollographql\.com\//)]);
  });

  it("opens the explorer if Sandbox does not start in its frame", async () => {
    const { page } = await openPage(browser);
    await page.clock.install();
    await serveScript(page);
    await page.route(`${EMBEDDED}/**`, (route) => route.fulfill({ contentType: "text/html", body: "" }));
    await page.goto(`${facade.url}/graphql`);
    await page.getByTitle(`${facade.url}/graphql`).waitFor();
    await page.clock.fastForward(60_000);
    await page.waitForURL(`${facade.url}/explorer/`);
  });

  it("passes the endpoint and the first sample to Sandbox, allows its frame, and stays if Sandbox starts", async () => {
    const { page } = await openPage(browser);
    await page.clock.install();
    await serveScript(page);
    const started = "<p>Apollo's page</p><script>parent.postMessage({ name: 'ExplorerListeningForHandshake' }, '*')</script>";
    await page.route(`${EMBEDDED}/**`, (route) => route.fulfill({ contentType: "text/html", body: started }));
    await page.goto(`${facade.url}/graphql`);
    const frame = page.getByTitle(`${facade.url}/graphql`);
    await frame.contentFrame().getByText("Apollo's page").waitFor();
    expect(await frame.getAttribute("src")).toContain(encodeURIComponent(createSamples({ built: buildFacadeSchema({ traits }) })[0]!.document));
    await page.clock.fastForward(60_000);
    await page.evaluate("new Promise((resolve) => requestAnimationFrame(resolve))");
    expect(page.url()).toBe(`${facade.url}/graphql`);
  });
});

it("opens the explorer from the landing page, which shows the address of the server", async () => {
  const { page, tried, complaints } = await openPage(browser, { viewport: { width: 390, height: 800 } });
  await page.goto(facade.url);
  await page.getByText(`curl ${facade.url}/graphql `).waitFor();
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
  await page.getByRole("link", { name: "GraphiQL" }).click();
  await page.getByRole("tab", { name: "Identities" }).waitFor();
  expect(tried).toEqual([]);
  expect(complaints).toEqual([]);
});
