import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import { startEmbeddedKratos, type EmbeddedKratos } from "../../src/embedded/embedded-kratos.js";
import { keepScreenshot, openPage, startBrowser, type CutOffPage } from "../support/browser.js";
import { serveExample, type ExamplePage } from "../support/example-page.js";
import { startFacade, type FacadeUnderTest } from "../support/facade-under-test.js";
import { createIdentities, readIdentity } from "../support/kratos-api.js";

let kratos: EmbeddedKratos;
let facade: FacadeUnderTest;
let example: ExamplePage;
let browser: Browser;

beforeAll(async () => {
  kratos = await startEmbeddedKratos();
  facade = await startFacade({ adminUrl: kratos.adminUrl, publicUrl: kratos.publicUrl });
  example = await serveExample(facade.url);
  browser = await startBrowser();
});

afterAll(async () => {
  await browser?.close();
  await example.stop();
  await facade.stop();
  await kratos.stop();
});

const open = async (path = "", colorScheme: "light" | "dark" = "light"): Promise<CutOffPage> => {
  const opened = await openPage(browser, { colorScheme, permissions: ["clipboard-read", "clipboard-write"] });
  await opened.page.goto(`${example.url}/${path}`);
  return opened;
};
const heading = (page: Page, name: string) => page.getByRole("heading", { level: 1, name });
const idIn = (page: Page) => page.url().split("/").at(-1)!;

/** What is said at each field that something is wrong with, by its label. */
const faultsIn = (page: Page): Promise<Record<string, string>> =>
  page.locator("[aria-invalid=true]").evaluateAll((fields) =>
    Object.fromEntries(
      fields.map((field: any) => [
        field.labels[0].innerText.replace(" optional", ""),
        field.ownerDocument.getElementById(field.getAttribute("aria-describedby")).querySelector(".field-error").innerText,
      ]),
    ),
  );
const focused = (page: Page): Promise<string> => page.evaluate("document.activeElement.innerText || document.activeElement.id");

it("a walk through all of it: the list, a creation with faults, a recovery link, the look-up, the deletion", async () => {
  const { page, tried, complaints } = await open();

  await page.getByText("Showing 10 identities, more are available").waitFor();
  await keepScreenshot(page, "examples/react/screenshot.png");
  await page.getByRole("button", { name: "Load more" }).click();
  await page.getByText("Showing 20 identities, more are available").waitFor();
  const links = await page.getByRole("table").getByRole("link").evaluateAll((all) => all.map((link: any) => link.hash));
  expect(new Set(links).size).toBe(20);

  await page.getByRole("link", { name: "New identity" }).click();
  await page.getByLabel("E-Mail").fill("walker");
  await page.getByLabel("First name").fill("Wanda");
  await page.getByLabel("Last name").fill("Walker");
  await page.getByLabel("Age").fill("-1");
  await page.getByLabel("Tags").fill("short\nmuch longer than twenty characters");
  await page.getByRole("button", { name: "Create identity" }).click();
  await page.getByRole("alert").getByText("The identity was not created.").waitFor();
  expect(await faultsIn(page)).toEqual({
    "E-Mail": expect.stringContaining("email"),
    Age: expect.stringContaining("-1"),
    Tags: expect.stringContaining("20"),
  });
  expect(await focused(page)).toBe("traits.email");

  await page.getByLabel("E-Mail").fill("walker@example.com");
  await page.getByLabel("Age").fill("41");
  await page.getByLabel("Tags").fill("short\nlong");
  await page.getByRole("button", { name: "Create identity" }).click();
  await heading(page, "Wanda Walker").waitFor();
  await page.getByRole("status").getByText("Wanda Walker was created.").waitFor();
  const id = idIn(page);
  expect((await readIdentity(kratos, id)).traits).toEqual({
    email: "walker@example.com",
    name: { first: "Wanda", last: "Walker" },
    age: 41,
    tags: ["short", "long"],
  });

  await page.getByLabel("Valid for").selectOption("1 day");
  await page.getByRole("button", { name: "Create link" }).click();
  const link = await page.getByLabel("Link", { exact: true }).inputValue();
  expect(link).toContain(`${kratos.publicUrl}/self-service/recovery`);
  const until = new Date((await page.getByText("The link can be used once").getByRole("time").getAttribute("datetime"))!).getTime();
  expect(Math.abs(until - Date.now() - 24 * 60 * 60 * 1000)).toBeLessThan(60_000);
  await page.getByRole("button", { name: "Copy link" }).click();
  await page.getByRole("status").getByText("Link copied.").waitFor();
  expect(await page.evaluate("navigator.clipboard.readText()")).toBe(link);

  await page.getByRole("link", { name: "All identities" }).click();
  await heading(page, "Identities").waitFor();
  await page.getByLabel("Look up by ID").fill(` ${id} `);
  await page.keyboard.press("Enter");
  await heading(page, "Wanda Walker").waitFor();

  await page.getByRole("button", { name: "Delete identity…" }).press("Enter");
  const question = page.getByRole("dialog", { name: "Delete Wanda Walker?" });
  await question.waitFor();
  expect(await focused(page)).toBe("Cancel");
  await page.keyboard.press("Escape");
  await question.waitFor({ state: "hidden" });
  expect(await focused(page)).toBe("Delete identity…");
  expect((await readIdentity(kratos, id)).id).toBe(id);
  await page.getByRole("button", { name: "Delete identity…" }).press("Enter");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByRole("status").getByText("Wanda Walker was deleted.").waitFor();
  await heading(page, "Identities").waitFor();
  expect(await page.getByRole("link", { name: "Wanda Walker" }).count()).toBe(0);
  expect((await readIdentity(kratos, id)).error.code).toBe(404);

  expect(tried).toEqual([]);
  expect(complaints).toEqual([]);
});

it("a walk through the list by the keyboard ends with all identities, each once, and keeps the focus", async () => {
  const { page } = await open();
  await page.getByRole("button", { name: "Load more" }).focus();
  while ((await page.getByText(/^Showing all \d+ identities$/).count()) === 0) {
    const before = await page.getByRole("row").count();
    await page.keyboard.press("Enter");
    await page.getByRole("row").nth(before).waitFor();
  }
  expect(await focused(page)).toMatch(/^Showing all \d+ identities$/);
  const links = await page.getByRole("table").getByRole("link").evaluateAll((all) => all.map((link: any) => link.hash));
  expect(links.length).toBeGreaterThanOrEqual(30);
  expect(new Set(links).size).toBe(links.length);
  await page.getByRole("table").getByRole("link").last().focus();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Traits" }).waitFor();
});

it("another schema has other fields, and a fault that belongs to no field stands in the summary", async () => {
  await createIdentities(kratos, "default", [{ email: "taken@example.com" }]);
  const { page } = await open("#/create");
  await page.getByLabel("Identity schema", { exact: true }).selectOption("device");
  await page.getByLabel("Serial number").fill("no");
  await page.getByRole("button", { name: "Create identity" }).click();
  await page.getByRole("alert").waitFor();
  expect(Object.keys(await faultsIn(page))).toEqual(["Serial number"]);
  await page.getByLabel("Identity schema", { exact: true }).selectOption("default");
  await page.getByLabel("E-Mail").fill("taken@example.com");
  await page.getByRole("button", { name: "Create identity" }).click();
  await page.getByRole("alert").getByRole("listitem").waitFor();
  expect(await faultsIn(page)).toEqual({});
});

it("an id that leads nowhere is said to do so", async () => {
  const { page } = await open("#/identities/nobody");
  await heading(page, "Identity not found").waitFor();
  await page.goto(`${example.url}/#/identities/%`);
  await heading(page, "Page not found").waitFor();
});

it("while the server is silent there is a sign of it, when it is gone there is a word and another try, and an empty list has its own", async () => {
  const { page } = await openPage(browser);
  let release = () => {};
  await page.route("**/graphql", async (route) => {
    await new Promise<void>((resolve) => (release = resolve));
    await route.abort();
  });
  await page.goto(example.url);
  await page.getByRole("status", { name: "Loading identities…" }).waitFor();
  release();
  await page.getByRole("alert").getByText("The server cannot be reached.").waitFor();
  await page.unroute("**/graphql");
  const empty = { data: { identities: { __typename: "IdentityConnection", edges: [], pageInfo: { __typename: "PageInfo", hasNextPage: false, endCursor: null } } } };
  await page.route("**/graphql", (route) => route.fulfill({ json: empty }));
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByText("There are no identities yet.").waitFor();
});

it("it is dark where the user's system is, and fits a telephone", async () => {
  const background = (page: Page): Promise<string> => page.evaluate("getComputedStyle(document.documentElement).backgroundColor");
  const light = await open();
  const dark = await open("", "dark");
  expect(await background(dark.page)).not.toBe(await background(light.page));
  await dark.page.setViewportSize({ width: 360, height: 700 });
  for (const path of ["", "#/create"]) {
    await dark.page.goto(`${example.url}/${path}`);
    await dark.page.getByText(/Showing \d+ identities|E-Mail/).waitFor();
    expect(await dark.page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(360);
  }
});

it("the page's own server adds the token, which the page never sees", async () => {
  const authorizations: (string | undefined)[] = [];
  const api = createServer((request, response) => {
    authorizations.push(request.headers.authorization);
    response.end("{}");
  });
  await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
  const withToken = await serveExample(`http://127.0.0.1:${(api.address() as AddressInfo).port}`, "a-token");
  await fetch(`${withToken.url}/graphql`, { method: "POST" });
  expect(authorizations).toEqual(["Bearer a-token"]);
  const html = await (await fetch(withToken.url)).text();
  const [script] = /\/assets\/[^"]+\.js/.exec(html)!;
  expect(await (await fetch(withToken.url + script)).text()).not.toContain("a-token");
  await withToken.stop();
  api.closeAllConnections();
  api.close();
});
