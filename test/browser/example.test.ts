import type { Page } from "playwright-core";
import { codesOf, postJson, startLoopbackServer } from "../support/http.js";
import { readIdentity } from "../support/kratos-api.js";
import { stopAfterTest } from "../support/lifecycle.js";
import { fieldErrorsIn, focusedIn, keepScreenshot, openPage, readManifest, serveExample, useExample } from "./browser.js";

const { kratos, example, browser, open } = useExample();
const heading = (page: Page, name: string) => page.getByRole("heading", { level: 1, name });
const idIn = (page: Page) => page.url().split("/").at(-1)!;

it("lists identities, creates one after validation errors, creates a recovery link, looks the identity up and deletes it", async () => {
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
  expect(await fieldErrorsIn(page)).toEqual({
    "E-Mail": "Enter an email address, e.g. name@example.com.",
    Age: "Enter a whole number, at least 0.",
    Tags: "On each line, enter a value with at most 20 characters.",
  });
  expect(await focusedIn(page)).toBe("traits.email");

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
  await page.getByRole("button", { name: "Copied" }).waitFor();
  expect(await page.evaluate("navigator.clipboard.readText()")).toBe(link);

  await page.getByRole("link", { name: "All identities" }).click();
  await heading(page, "Identities").waitFor();
  await page.getByRole("searchbox").fill(` ${id} `);
  await page.keyboard.press("Enter");
  await heading(page, "Wanda Walker").waitFor();

  await page.getByRole("button", { name: "Delete identity…" }).press("Enter");
  const question = page.getByRole("dialog", { name: "Delete Wanda Walker?" });
  await question.waitFor();
  expect(await focusedIn(page)).toBe("Cancel");
  await page.keyboard.press("Escape");
  await question.waitFor({ state: "hidden" });
  expect(await focusedIn(page)).toBe("Delete identity…");
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

it("loads all identities by keyboard, each once, and keeps the focus", async () => {
  const { page } = await open();
  await page.getByRole("button", { name: "Load more" }).focus();
  while ((await page.getByText(/^Showing all \d+ identities$/).count()) === 0) {
    const before = await page.getByRole("row").count();
    await page.keyboard.press("Enter");
    await page.getByRole("row").nth(before).waitFor();
  }
  expect(await focusedIn(page)).toMatch(/^Showing all \d+ identities$/);
  const links = await page.getByRole("table").getByRole("link").evaluateAll((all) => all.map((link: any) => link.hash));
  expect(links.length).toBeGreaterThanOrEqual(30);
  expect(new Set(links).size).toBe(links.length);
  await page.getByRole("table").getByRole("link").last().focus();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Traits" }).waitFor();
});

it("shows the fields of the selected schema, and no errors of the other one", async () => {
  const { page } = await open("#/create");
  await page.getByLabel("Identity schema", { exact: true }).selectOption("device");
  await page.getByLabel("Serial number").fill("no");
  await page.getByRole("button", { name: "Create identity" }).click();
  await page.getByRole("alert").waitFor();
  expect(await fieldErrorsIn(page)).toEqual({ "Serial number": "Enter a value in the expected format." });
  await page.getByLabel("Identity schema", { exact: true }).selectOption("default");
  await page.getByLabel("E-Mail").waitFor();
  expect(await page.getByRole("alert").count()).toBe(0);
});

it("says that an identity does not exist", async () => {
  const { page } = await open("#/identities/nobody");
  await heading(page, "Identity not found").waitFor();
  await page.goto(`${example.url}/#/identities/%`);
  await heading(page, "Page not found").waitFor();
});

it("shows that the list is loading, offers a retry if the server is unavailable, and says that a list is empty", async () => {
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

it("says how many identities there are if there is one", async () => {
  const { page } = await openPage(browser);
  const node = { __typename: "Identity", id: "11111111-1111-4111-8111-111111111111", schemaId: "default", state: "ACTIVE", traits: {}, createdAt: null };
  const identities = {
    __typename: "IdentityConnection",
    edges: [{ __typename: "IdentityEdge", cursor: "a", node }],
    pageInfo: { __typename: "PageInfo", hasNextPage: false, endCursor: "a" },
  };
  await page.route("**/graphql", (route) => route.fulfill({ json: { data: { identities } } }));
  await page.goto(example.url);
  await page.getByText("Showing the only identity", { exact: true }).waitFor();
});

it("uses a server whose safelist is the manifest of the app, and which refuses any other operation", async () => {
  const ask = (query: string) => postJson(example.url, { query, variables: { first: 1 } });
  const { operations } = JSON.parse(readManifest());
  const { body } = operations.find(({ name }: any) => name === "Identities");
  expect((await ask(body)).body.data.identities.edges).toHaveLength(1);
  for (const other of ["{ version }", body.replace("traits", "traits metadataAdmin"), `${body} `]) expect(codesOf(await ask(other))).toEqual(["OPERATION_NOT_ON_SAFELIST"]);
});

it("adds the API token on the page's own server, so that the browser never gets it", async () => {
  const authorizations: (string | undefined)[] = [];
  const api = await stopAfterTest(
    startLoopbackServer((request, response) => {
      authorizations.push(request.headers.authorization);
      response.end("{}");
    }),
  );
  const withToken = await stopAfterTest(serveExample(api.url, { apiToken: "a-token" }));
  await fetch(`${withToken.url}/graphql`, { method: "POST" });
  expect(authorizations).toEqual(["Bearer a-token"]);
  const html = await (await fetch(withToken.url)).text();
  const [script] = /\/assets\/[^"]+\.js/.exec(html)!;
  expect(await (await fetch(withToken.url + script)).text()).not.toContain("a-token");
});
