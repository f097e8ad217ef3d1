import type { Page } from "playwright-core";
import { createApiKey, parseApiKeys } from "../../src/server/auth/api-key.js";
import { startFakeKratos } from "../fake-kratos/index.js";
import { createIdentities, deleteIdentities, patchIdentity, readIdentity } from "../support/kratos-api.js";
import { stopAfterTest } from "../support/lifecycle.js";
import { startFacade } from "../support/use-facade.js";
import { answer, fieldErrorsIn, focusedIn, openPage, serveExample, useExample } from "./browser.js";

const { kratos, browser, open } = useExample();
const heading = (page: Page, name: string) => page.getByRole("heading", { level: 1, name, exact: true });
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

/** The inputs of the mutations with this name that the page sends. */
function inputsOf(page: Page, operationName: string): object[] {
  const inputs: object[] = [];
  page.on("request", (request) => {
    const body = request.method() === "POST" ? request.postDataJSON() : undefined;
    if (body?.operationName === operationName) inputs.push(body.variables.input);
  });
  return inputs;
}

it("sends only the traits that the user has changed, and the time of the last update", async () => {
  const { id } = await createAda();
  const { page } = await open(`#/identities/${id}/edit`);
  const inputs = inputsOf(page, "PatchIdentity");
  await page.getByLabel("First name").fill("");
  await page.getByLabel("Age").fill("29");
  const { updated_at } = await readIdentity(kratos, id);
  await save(page);
  await heading(page, "Byron").waitFor();
  expect(inputs).toEqual([{ id, traits: { merge: { name: { first: null }, age: 29 } }, ifUnmodifiedSince: updated_at }]);
});

it("sends nothing if nothing is changed", async () => {
  const { id } = await createAda();
  const { page } = await open(`#/identities/${id}/edit`);
  const inputs = inputsOf(page, "PatchIdentity");
  await save(page);
  await heading(page, "Ada Byron").waitFor();
  await page.getByRole("status").getByText("There were no changes to save.").waitFor();
  expect(inputs).toEqual([]);
});

describe("if someone else has changed the identity in the meantime", () => {
  const conflict = (page: Page) => page.getByRole("form", { name: "Someone else has changed this identity" });
  const theirs = (email: string) => ({ email, name: { first: "Augusta", last: "King" }, tags: ["staff", "countess"] });
  /** Changes the first name and the age in the form, after someone else has changed both names, the age and the tags. */
  const bothChange = async (): Promise<{ page: Page; email: string; id: string; traits: () => Promise<any> }> => {
    const { id, email, traits } = await createAda();
    const { page } = await open(`#/identities/${id}/edit`);
    await page.getByLabel("First name").fill("Ada Augusta");
    await page.getByLabel("Age").fill("29");
    await patchIdentity(kratos, id, [{ op: "replace", path: "/traits", value: theirs(email) }]);
    await save(page);
    await conflict(page).waitFor();
    return { page, id, email, traits };
  };

  it("shows what they have changed next to what the user entered, and saves nothing yet", async () => {
    const { page, email, traits } = await bothChange();
    expect(await focusedIn(page)).toBe("Someone else has changed this identity");
    const words = (text: string) => text.split(/\s+/).join(" ");
    const contested = await conflict(page).getByRole("group").allInnerTexts();
    expect(contested.map(words)).toEqual(["First name Yours Ada Augusta Theirs Augusta Before: Ada", "Age Yours 29 Theirs nothing Before: 28"]);
    expect(words(await conflict(page).locator("> dl").innerText())).toBe("Last name King Before: Byron Tags staff countess Before: staff two spaces");
    expect(await traits()).toEqual(theirs(email));
  });

  it("keeps of each trait what the user chooses, and adds the other changes of both", async () => {
    const { page, email, traits } = await bothChange();
    await conflict(page).getByRole("group", { name: "First name" }).getByRole("radio", { name: "Theirs" }).check();
    await conflict(page).getByRole("button", { name: "Save" }).press("Enter");
    await heading(page, "Augusta King").waitFor();
    expect(await traits()).toEqual({ ...theirs(email), age: 29 });
  });

  it("keeps what the user entered unless they choose otherwise", async () => {
    const { page, email, traits } = await bothChange();
    await conflict(page).getByRole("button", { name: "Save" }).click();
    await heading(page, "Ada Augusta King").waitFor();
    expect(await traits()).toEqual({ ...theirs(email), name: { first: "Ada Augusta", last: "King" }, age: 29 });
  });

  it("shows the next change, too", async () => {
    const { page, id, email, traits } = await bothChange();
    await patchIdentity(kratos, id, [{ op: "replace", path: "/traits", value: { email, name: { first: "Countess" } } }]);
    await conflict(page).getByRole("button", { name: "Save" }).click();
    const first = conflict(page).getByRole("group", { name: "First name" });
    await first.getByText("Countess").waitFor();
    await first.getByText("Before: Augusta").waitFor();
    expect(await traits()).toEqual({ email, name: { first: "Countess" } });
  });

  it("discards what the user entered if they want that", async () => {
    const { page, email, traits } = await bothChange();
    await conflict(page).getByRole("button", { name: "Discard mine" }).press("Enter");
    await heading(page, "Edit Augusta King").waitFor();
    expect(await focusedIn(page)).toBe("Edit Augusta King");
    expect(await page.getByLabel("First name").inputValue()).toBe("Augusta");
    expect(await page.getByLabel("Age").inputValue()).toBe("");
    expect(await traits()).toEqual(theirs(email));
  });

  it("shows errors in the form, with the changes of both", async () => {
    const { id, email } = await createAda();
    const { page } = await open(`#/identities/${id}/edit`);
    await page.getByLabel("Age").fill("-1");
    await patchIdentity(kratos, id, [{ op: "replace", path: "/traits", value: theirs(email) }]);
    await save(page);
    await conflict(page).getByRole("button", { name: "Save" }).click();
    await page.getByRole("alert").getByText("The changes were not saved.").waitFor();
    expect(await fieldErrorsIn(page)).toEqual({ Age: "Enter a whole number, at least 0." });
    expect(await focusedIn(page)).toBe("traits.age");
    expect(await page.getByLabel("Last name").inputValue()).toBe("King");
  });

  it("saves without a question if no trait is concerned", async () => {
    const { id, traits } = await createAda();
    const { page } = await open(`#/identities/${id}/edit`);
    await page.getByLabel("Age").fill("29");
    await patchIdentity(kratos, id, [{ op: "add", path: "/metadata_public", value: { plan: "gold" } }]);
    await save(page);
    await page.getByRole("status").getByText("The changes were saved.").waitFor();
    expect((await traits()).age).toBe(29);
    expect((await readIdentity(kratos, id)).metadata_public).toEqual({ plan: "gold" });
  });

  it("saves nothing if it cannot load their changes, and shows them when it can", async () => {
    const { id, email, traits } = await createAda();
    const { page } = await open(`#/identities/${id}/edit`);
    await page.getByLabel("Age").fill("29");
    await patchIdentity(kratos, id, [{ op: "replace", path: "/traits", value: theirs(email) }]);
    await answer(page, "EditIdentity", (route) => route.abort());
    await save(page);
    await page.getByRole("alert").getByText("The server cannot be reached. Check your connection, and try again.").waitFor();
    expect(await traits()).toEqual(theirs(email));
    await page.unroute("**/graphql");
    await save(page);
    await conflict(page).waitFor();
  });
});

describe("with an older Kratos", () => {
  it("saves what the user has changed if Kratos does not tell whether someone else has changed the identity", async () => {
    const { id, email, traits } = await createAda();
    const { page } = await open(`#/identities/${id}/edit`);
    const inputs = inputsOf(page, "PatchIdentity");
    await page.route("**/graphql", async (route) => {
      const { operationName, variables } = route.request().postDataJSON();
      if (operationName !== "PatchIdentity" || !variables.input.ifUnmodifiedSince) return route.fallback();
      const userErrors = [{ __typename: "UserError", code: "UNSUPPORTED", path: null }];
      return route.fulfill({ json: { data: { patchIdentity: { __typename: "PatchIdentityPayload", identity: null, userErrors } } } });
    });
    await page.getByLabel("Age").fill("29");
    await patchIdentity(kratos, id, [{ op: "replace", path: "/traits", value: { email, name: { first: "Augusta" } } }]);
    await save(page);
    await heading(page, "Augusta").waitFor();
    expect(inputs.at(-1)).toEqual({ id, traits: { merge: { age: 29 } } });
    expect(await traits()).toEqual({ email, name: { first: "Augusta" }, age: 29 });
  });

  it("replaces all traits, with those that have no field, if Kratos cannot change parts of an identity", async () => {
    const old = await stopAfterTest(startFakeKratos({ version: "v0.6.3-alpha.1" }));
    const example = await stopAfterTest(serveExample((await startFacade(old)).url));
    const email = "ada@example.com";
    const [id = ""] = await createIdentities(old, "default", [{ email, name: { first: "Ada" }, age: 28 }]);
    const { page } = await openPage(browser);
    await answer(page, "EditIdentity", async (route) => {
      const response = await route.fetch();
      const json = (await response.json()) as any;
      json.data.identity.traits.nickname = "The Countess";
      await route.fulfill({ response, json });
    });
    await page.goto(`${example.url}/#/identities/${id}/edit`);
    const inputs = inputsOf(page, "UpdateIdentity");
    await page.getByLabel("Age").fill("29");
    await save(page);
    await page.getByRole("alert").getByText("The identity schema does not allow “nickname”.").waitFor();
    expect(inputs).toEqual([{ id, traits: { email, name: { first: "Ada" }, age: 29, nickname: "The Countess" } }]);
    await page.unroute("**/graphql");
    await page.reload();
    await page.getByLabel("Age").fill("30");
    await save(page);
    await heading(page, "Ada").waitFor();
    expect((await readIdentity(old, id)).traits).toEqual({ email, name: { first: "Ada" }, age: 30 });
  });
});

it("says that the identity was deleted in the meantime", async () => {
  const { id } = await createAda();
  const { page } = await open(`#/identities/${id}/edit`);
  await page.getByLabel("First name").fill("Nobody");
  await deleteIdentities(kratos, [id]);
  await save(page);
  await page.getByRole("alert").getByText("This identity no longer exists.").waitFor();
});

it("keeps hidden traits, and explains that they cannot be changed", async () => {
  const clerk = createApiKey("clerk", ["identities:read", "identities:write"]);
  const facade = await startFacade(kratos, { authentication: { apiKeys: parseApiKeys(clerk.line) }, traitsMask: ["email"] });
  const example = await stopAfterTest(serveExample(facade.url, { apiToken: clerk.key }));
  const { id, email, traits } = await createAda();
  const { page } = await openPage(browser);
  await page.goto(`${example.url}/#/identities/${id}/edit`);
  await page.getByLabel("E-Mail").fill("new@example.com");
  await save(page);
  await page.getByRole("alert").getByText("You have changed a trait that is hidden from you.").waitFor();
  expect((await traits()).email).toBe(email);

  await page.getByLabel("E-Mail").fill("");
  await page.getByLabel("Age").fill("29");
  await save(page);
  await page.getByRole("status").getByText("The changes were saved.").waitFor();
  expect(await traits()).toMatchObject({ email, age: 29 });
});
