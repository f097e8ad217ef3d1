import type { Page } from "playwright-core";
import { startFakeKratos } from "../fake-kratos/index.js";
import { createIdentities, UNKNOWN_ID } from "../support/kratos-api.js";
import { stopAfterTest } from "../support/lifecycle.js";
import { startFacade } from "../support/use-facade.js";
import { answer, fieldErrorsIn, focusedIn, openPage, serveExample, useExample } from "./browser.js";

const { kratos, example, browser, open } = useExample();
const create = (page: Page) => page.getByRole("button", { name: "Create identity" }).click();

it("shows a conflict at the trait that must be unique", async () => {
  await createIdentities(kratos, "default", [{ email: "taken@example.com" }]);
  const { page } = await open("#/create");
  await page.getByLabel("E-Mail").fill("taken@example.com");
  await create(page);
  await page.getByRole("alert").getByText("Correct the marked fields below.").waitFor();
  expect(await fieldErrorsIn(page)).toEqual({ "E-Mail": "Another identity already uses this value." });
  expect(await focusedIn(page)).toBe("traits.email");
});

it("shows at the identity schema that Kratos does not have it", async () => {
  const { page } = await open("#/create");
  await answer(page, "CreateIdentity", (route) => route.continue({ postData: route.request().postData()!.replace('"schemaId":"default"', '"schemaId":"gone"') }));
  await page.getByLabel("E-Mail").fill("ann@example.com");
  await create(page);
  await page.getByRole("alert").waitFor();
  expect(await fieldErrorsIn(page)).toEqual({ "Identity schema": "Kratos does not have this identity schema. Choose another one." });
  expect(await focusedIn(page)).toContain("default");
});

describe("with an identity schema of many kinds of traits", () => {
  const unique = { "ory.sh/kratos": { credentials: { password: { identifier: true } } } };
  const TRAITS: Readonly<Record<string, readonly [schema: object, error: string]>> = {
    username: [{ type: "string", minLength: 3, maxLength: 20, ...unique }, "Enter a value with at least 3 and at most 20 characters."],
    phone: [{ type: "string", format: "tel", "ory.sh/kratos": { verification: { via: "sms" } } }, "Enter a phone number with its country code, e.g. +49 30 123456."],
    backup: [{ type: "string", ...unique }, "Enter a value."],
    site: [{ type: "string", format: "uri" }, "Enter a web address, e.g. https://example.com."],
    born: [{ type: "string", format: "date" }, "Enter a date."],
    nickname: [{ type: "string", minLength: 1 }, "Enter a value."],
    score: [{ type: "number", exclusiveMinimum: 0, maximum: 10 }, "Enter a number, greater than 0 and at most 10."],
    plan: [{ enum: ["basic", "gold"] }, "Choose one of these: basic, gold."],
    terms: [{ type: "boolean", enum: [true] }, "Change this choice."],
    emails: [{ type: "array", items: { type: "string", format: "email" }, minItems: 1, maxItems: 5 }, "On each line, enter an email address, e.g. name@example.com. Enter at most 5 lines."],
    extra: [{ type: "object" }, "Enter JSON that the identity schema allows."],
  };
  const properties = Object.fromEntries(Object.entries(TRAITS).map(([name, [schema]]) => [name, { title: name, ...schema }]));
  const openForm = async (userErrors: object[]): Promise<Page> => {
    const { page } = await open();
    const schema = { properties: { traits: { type: "object", properties } } };
    const edges = [{ __typename: "IdentitySchemaEdge", cursor: "a", node: { __typename: "IdentitySchema", id: "default", schema } }];
    await answer(page, "IdentitySchemas", (route) => route.fulfill({ json: { data: { identitySchemas: { __typename: "IdentitySchemaConnection", edges } } } }));
    const payload = { __typename: "CreateIdentityPayload", identity: null, userErrors: userErrors.map((error) => ({ __typename: "UserError", ...error })) };
    await answer(page, "CreateIdentity", (route) => route.fulfill({ json: { data: { createIdentity: payload } } }));
    await page.goto(page.url() + "#/create");
    return page;
  };

  it("tells at each field what to enter, in the words of the app", async () => {
    const page = await openForm(Object.keys(TRAITS).map((name) => ({ code: "INVALID", path: ["input", "traits", name] })));
    await create(page);
    await page.getByRole("alert").waitFor();
    expect(await fieldErrorsIn(page)).toEqual(Object.fromEntries(Object.entries(TRAITS).map(([name, [, error]]) => [name, error])));
  });

  it("shows a conflict at every trait that can be the reason", async () => {
    const page = await openForm([{ code: "CONFLICT", path: ["input", "traits"] }]);
    await page.getByLabel("username").fill("ann");
    await page.getByLabel("phone").fill("+49301234");
    await create(page);
    await page.getByRole("alert").waitFor();
    const error = "Another identity already uses one of these values.";
    expect(await fieldErrorsIn(page)).toEqual({ username: error, phone: error });
  });

  it("shows errors that belong to no field above the form", async () => {
    const page = await openForm([
      { code: "CONFLICT", path: ["input", "traits"] },
      { code: "INVALID", path: ["input", "traits", "shoe", "size"] },
      { code: "INVALID", path: ["input", "traits"] },
    ]);
    await create(page);
    const errors = await page.getByRole("alert").getByRole("listitem").allInnerTexts();
    expect(errors).toEqual([
      "Another identity already uses one of these values.",
      "The identity schema does not allow “shoe.size”.",
      "Kratos does not accept this input.",
    ]);
    expect(await fieldErrorsIn(page)).toEqual({});
  });
});

describe("if a request fails", () => {
  const withCode = (extensions: object) => ({ json: { errors: [{ message: "for developers", extensions }] } });
  it.each([
    ["status 502", { status: 502 }, "The server is not available at the moment. Try again in a minute. If that does not help, tell the people who run it: status 502."],
    ["status 500", { status: 500 }, "The server could not do this. Try again, and if that does not help, tell the people who run it: status 500."],
    ["status 401", { status: 401 }, "You are not signed in, or no longer. Sign in again."],
    ["status 429", { status: 429 }, "There are too many requests at the moment. Try again in a minute."],
    ["a scope", withCode({ code: "FORBIDDEN", requiredScope: "identities:read" }), "You are not allowed to do this. Ask an administrator for the scope “identities:read”."],
    ["KRATOS_UNAVAILABLE", withCode({ code: "KRATOS_UNAVAILABLE" }), "Kratos cannot be reached at the moment. Try again in a minute."],
    ["KRATOS_ERROR", withCode({ code: "KRATOS_ERROR" }), "The server could not do this. Try again, and if that does not help, tell the people who run it: KRATOS_ERROR."],
  ])("tells the user what to do about %s", async (_, response, advice) => {
    const { page } = await openPage(browser);
    await page.route("**/graphql", (route) => route.fulfill(response));
    await page.goto(example.url);
    await page.getByRole("alert").getByText(advice, { exact: true }).waitFor();
  });

  it.each([
    ["the connection is lost", undefined],
    ["the outcome is unknown", { errors: [{ message: "for developers", path: ["createIdentity"], extensions: { code: "KRATOS_UNAVAILABLE", outcome: "UNKNOWN" } }] }],
    ["the result cannot be read", { errors: [{ message: "for developers", path: ["createIdentity", "identity"], extensions: { code: "FORBIDDEN" } }] }],
  ])("does not claim that nothing was created if %s", async (_, json) => {
    const { page } = await open("#/create");
    await answer(page, "CreateIdentity", (route) => (json ? route.fulfill({ json }) : route.abort()));
    await page.getByLabel("E-Mail").fill("ann@example.com");
    await create(page);
    await page.getByRole("alert").getByText("The identity may have been created. Check the list before you try again.").waitFor();
  });
});

it("says that the server is not available if it has stopped", async () => {
  const own = await stopAfterTest(startFakeKratos());
  const facade = await startFacade(own);
  const { url } = await stopAfterTest(serveExample(facade.url));
  const { page } = await openPage(browser);
  await page.goto(url);
  await page.getByText(/^Showing 10 identities/).waitFor();
  await facade.stop();
  await page.getByRole("button", { name: "Load more" }).click();
  await page.getByRole("alert").getByText(/^The next page could not be loaded: The server is not available at the moment\. Try again in a minute\./).waitFor();
});

it("explains that a link or a deletion needs an identity that exists", async () => {
  const { page } = await open();
  await answer(page, "Identity", async (route) => {
    const identity = { __typename: "Identity", id: UNKNOWN_ID, schemaId: "default", state: "ACTIVE", traits: {}, createdAt: null, updatedAt: null, verifiableAddresses: [], recoveryAddresses: [] };
    await route.fulfill({ json: { data: { identity } } });
  });
  await page.goto(page.url() + `#/identities/${UNKNOWN_ID}`);
  await page.getByRole("button", { name: "Delete identity…" }).click();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("alert").getByText("This identity no longer exists.").waitFor();
});
