import type { Page } from "playwright-core";
import { createApiKey, parseApiKeys } from "../../src/server/auth/api-key.js";
import { startFakeKratos } from "../fake-kratos/index.js";
import { createIdentity } from "../support/kratos-api.js";
import { stopAfterTest } from "../support/lifecycle.js";
import { startFacade } from "../support/use-facade.js";
import { answer, openPage, serveExample, useExample } from "./browser.js";

const { kratos, browser, open } = useExample();
const heading = (page: Page, name: string) => page.getByRole("heading", { level: 1, name, exact: true });
const search = async (page: Page, text: string): Promise<void> => {
  await page.getByRole("searchbox", { name: "Email address, other identifier, or ID" }).fill(text);
  await page.keyboard.press("Enter");
};

beforeAll(async () => {
  for (const name of ["anna", "annabel", "anneliese"]) {
    await createIdentity(kratos, {
      schema_id: "default",
      external_id: `customer-${name}`,
      traits: { email: `${name}@example.com`, name: { first: name } },
      credentials: { password: { config: { password: "correct horse battery" } } },
    });
  }
});

it.each([
  ["an email address, in any case", " Anna@Example.com "],
  ["an external ID", "customer-anna"],
])("opens the identity with %s", async (_, text) => {
  const { page, complaints } = await open();
  await search(page, text);
  await heading(page, "anna").waitFor();
  await page.goBack();
  await heading(page, "Identities").waitFor();
  expect(complaints).toEqual([]);
});

it("lists those whose identifier begins with a text, and searches again", async () => {
  const { page } = await open();
  await search(page, "ann");
  const links = page.getByRole("table", { name: "Identities found for “ann”" }).getByRole("link");
  await page.getByRole("status").getByText("3 identities found.").waitFor();
  expect((await links.allInnerTexts()).sort()).toEqual(["anna", "annabel", "anneliese"]);
  await search(page, "anneli");
  await page.getByRole("status").getByText("1 identity found.").waitFor();
  await page.getByRole("table").getByRole("link", { name: "anneliese" }).press("Enter");
  await heading(page, "anneliese").waitFor();
});

it("says that nobody has it", async () => {
  const { page } = await open();
  await search(page, "nobody@example.com");
  await page.getByRole("status").getByText("Nobody has an identifier that is “nobody@example.com” or starts with it.").waitFor();
  expect(await page.getByRole("searchbox").inputValue()).toBe("nobody@example.com");
});

it("says that there are more than it shows", async () => {
  const { page } = await open();
  await answer(page, "SearchIdentities", (route) => {
    const body = route.request().postDataJSON();
    return route.continue({ postData: JSON.stringify({ ...body, variables: { ...body.variables, first: 2 } }) });
  });
  await search(page, "ann");
  await page.getByRole("status").getByText("These are the first 2. To find the others, enter more characters.").waitFor();
});

it("says that the connected Kratos is too old", async () => {
  const old = await stopAfterTest(startFakeKratos({ version: "v0.6.3-alpha.1" }));
  const example = await stopAfterTest(serveExample((await startFacade(old)).url));
  const { page } = await openPage(browser);
  await page.goto(example.url);
  await search(page, "ann@example.com");
  const alert = page.getByRole("alert");
  await alert.getByText("The connected Kratos is too old for this: it needs v0.13.0 or later.").waitFor();
  expect(await alert.getByRole("button").count()).toBe(0);
});

it("finds whole identifiers for a caller from whom addresses are hidden, and says that it finds no others", async () => {
  const clerk = createApiKey("clerk", ["identities:read"]);
  const facade = await startFacade(kratos, { authentication: { apiKeys: parseApiKeys(clerk.line) }, traitsMask: ["email"] });
  const example = await stopAfterTest(serveExample(facade.url, { apiToken: clerk.key }));
  const { page } = await openPage(browser);
  await page.goto(example.url);
  await search(page, "ann");
  await page.getByRole("status").getByText("Nobody has the identifier “ann”. You can search only for whole identifiers here.").waitFor();
  await search(page, "anna@example.com");
  await heading(page, "anna").waitFor();
});

it("does not mix up the results with the list of all identities", async () => {
  const { page } = await open();
  await page.getByText(/^Showing 10 identities/).waitFor();
  await search(page, "ann");
  await page.getByText("3 identities found.").waitFor();
  await page.getByRole("link", { name: "All identities" }).click();
  await page.getByText(/^Showing 10 identities/).waitFor();
});
