import type { Page } from "playwright-core";
import { createApiKey, parseApiKeys } from "../../src/server/auth/api-key.js";
import { createIdentities, deleteIdentities, patchIdentity, readIdentity } from "../support/kratos-api.js";
import { stopAfterTest } from "../support/lifecycle.js";
import { startFacade } from "../support/use-facade.js";
import { answer, fieldErrorsIn, focusedIn, openPage, serveExample, useExample } from "./browser.js";

const { kratos, browser, open } = useExample();
const heading = (page: Page, name: string) => page.getByRole("heading", { level: 1, name });
const save = (page: Page) => page.getByRole("button", { name: "Save changes" }).click();

let people = 0;
/** Creates Ada with a new email address. */
async function createAda(): Promise<{ id: string; email: string; traits: () => Promise<any> }> {
  const email = `ada-${++people}@example.com`;
  const [id = ""] = await createIdentities(kratos, "default", [{ email, name: { first: "Ada", last: "Byron" }, age: 28, tags: ["staff", "  two  spaces"] }]);
  return { id, email, traits: async () => (await readIdentity(kratos, id)).traits };
}

it("edits traits from the page of an identity, and keeps those that the user does not change", async () => {
  const { id, email, traits } = await createAda();
  const { page, complaints } = await open(`#/identities/${id}`);
  await page.getByRole("link", { name: "Edit traits" }).press("Enter");
  await heading(page, "Edit Ada Byron").waitFor();
  expect(await focusedIn(page)).toBe("Edit Ada Byron");
  expect(await page.getByLabel("E-Mail").inputValue()).toBe(email);
  expect(await page.getByLabel("Tags").inputValue()).toBe("staff\n  two  spaces");

  await page.getByLabel("Last name").fill("King");
  await page.getByLabel("Age").fill("minus one");
  await save(page);
  await page.getByRole("alert").getByText("The changes were not saved.").waitFor();
  expect(await fieldErrorsIn(page)).toEqual({ Age: "Enter a whole number, at least 0." });
  expect(await focusedIn(page)).toBe("traits.age");

  await page.getByLabel("Age").fill("");
  await page.keyboard.press("Enter");
  await page.getByRole("status").getByText("The changes were saved.").waitFor();
  await heading(page, "Ada King").waitFor();
  expect(await traits()).toEqual({ email, name: { first: "Ada", last: "King" }, tags: ["staff", "  two  spaces"] });
  await page.getByRole("button", { name: "Dismiss" }).click();
  expect(await page.getByText("The changes were saved.").count()).toBe(0);
  expect(complaints).toEqual([]);
});

it("keeps traits that have no field in the form", async () => {
  const { id, email } = await createAda();
  const { page } = await open();
  await answer(page, "EditIdentity", async (route) => {
    const response = await route.fetch();
    const json = (await response.json()) as any;
    json.data.identity.traits.nickname = "The Countess";
    json.data.identity.traits.name.title = "Lady";
    await route.fulfill({ response, json });
  });
  await page.goto(page.url() + `#/identities/${id}/edit`);
  await page.getByLabel("Age").fill("29");
  const sent = page.waitForRequest((request) => request.postDataJSON()?.operationName === "UpdateIdentity");
  await save(page);
  expect((await sent).postDataJSON().variables.input.traits).toEqual({
    email,
    name: { first: "Ada", last: "Byron", title: "Lady" },
    age: 29,
    tags: ["staff", "  two  spaces"],
    nickname: "The Countess",
  });
  await page.getByRole("alert").getByText("The identity schema does not allow “nickname”.").waitFor();
});

it("shows a change that someone else has made in the meantime, and saves over it only if the user wants that", async () => {
  const { id, email, traits } = await createAda();
  const { page } = await open(`#/identities/${id}/edit`);
  await page.getByLabel("First name").fill("Mine");
  await patchIdentity(kratos, id, [{ op: "replace", path: "/traits", value: { email, name: { first: "Theirs" } } }]);
  await save(page);
  const warning = page.getByRole("alert").getByText("Someone else has changed this identity since you opened it.");
  await warning.waitFor();
  expect(await focusedIn(page)).toContain("Someone else has changed");
  expect(await traits()).toEqual({ email, name: { first: "Theirs" } });

  await page.getByRole("button", { name: "Discard mine and load theirs" }).press("Enter");
  await heading(page, "Edit Theirs").waitFor();
  expect(await focusedIn(page)).toBe("Edit Theirs");
  expect(await page.getByLabel("First name").inputValue()).toBe("Theirs");
  expect(await warning.count()).toBe(0);

  await page.getByLabel("First name").fill("Mine");
  await patchIdentity(kratos, id, [{ op: "replace", path: "/traits", value: { email, name: { first: "Theirs again" } } }]);
  await save(page);
  await warning.waitFor();
  await page.getByRole("button", { name: "Save anyway" }).click();
  await heading(page, "Mine").waitFor();
  expect(await traits()).toEqual({ email, name: { first: "Mine" } });
});

it("saves nothing if it cannot find out whether someone else has changed the identity, and saves when it can", async () => {
  const { id, email, traits } = await createAda();
  const { page } = await open(`#/identities/${id}/edit`);
  await page.getByLabel("First name").fill("Augusta");
  await answer(page, "LastUpdate", (route) => route.abort());
  await save(page);
  const problem = page.getByRole("alert").filter({ hasText: "The changes were not saved." });
  await problem.getByText("The server cannot be reached. Check your connection, and try again.").waitFor();
  expect((await traits()).name.first).toBe("Ada");
  await page.unroute("**/graphql");
  await save(page);
  await heading(page, "Augusta Byron").waitFor();
  expect((await traits()).email).toBe(email);
});

it("says that the identity was deleted in the meantime", async () => {
  const { id } = await createAda();
  const { page } = await open(`#/identities/${id}/edit`);
  await page.getByLabel("First name").fill("Nobody");
  await deleteIdentities(kratos, [id]);
  await save(page);
  await page.getByRole("alert").getByText("This identity no longer exists.").waitFor();
});

it("explains that an identity with hidden traits cannot be saved", async () => {
  const clerk = createApiKey("clerk", ["identities:read", "identities:write"]);
  const facade = await startFacade(kratos, { authentication: { apiKeys: parseApiKeys(clerk.line) }, traitsMask: ["email"] });
  const example = await stopAfterTest(serveExample(facade.url, clerk.key));
  const { id, email, traits } = await createAda();
  const { page } = await openPage(browser);
  await page.goto(`${example.url}/#/identities/${id}/edit`);
  await page.getByLabel("E-Mail").fill("new@example.com");
  await save(page);
  await page.getByRole("alert").getByText("Some traits of this identity are hidden from you, and saving would delete them.").waitFor();
  expect((await traits()).email).toBe(email);
});
