import { randomUUID } from "node:crypto";
import type { Page } from "playwright-core";
import { SAMPLE_EMAIL, SAMPLE_PASSWORD } from "../../src/fake-kratos/index.js";
import { createApiKey, parseApiKeys } from "../../src/server/auth/api-key.js";
import { startFakeKratos } from "../fake-kratos/index.js";
import { logInBrowser, PASSWORD, readIdentity, signUp } from "../support/kratos-api.js";
import { stopAfterTest } from "../support/lifecycle.js";
import { startFacade } from "../support/use-facade.js";
import { answer, fieldErrorsIn, focusedIn, openPage, serveExample, SESSIONS, useExample } from "./browser.js";

const { kratos, browser, open } = useExample();
const heading = (page: Page, name: string) => page.getByRole("heading", { level: 1, name, exact: true });
const save = (page: Page) => page.getByRole("button", { name: "Save changes" }).click();
const said = (page: Page, text: string) => page.getByRole("status").getByText(text, { exact: true });

/** Someone who has signed up, and their traits. */
async function createUser() {
  const email = `${randomUUID()}@account.example.com`;
  const { identityId: id } = await signUp(kratos, { email, name: { first: "Ann", last: "Bee" } });
  return { id, email, traits: async () => (await readIdentity(kratos, id)).traits };
}

async function signIn(page: Page, email: string, password = PASSWORD): Promise<void> {
  const form = page.getByRole("form", { name: "Sign in" });
  await form.getByLabel("E-Mail").fill(email);
  await form.getByLabel("Password").fill(password);
  await form.getByRole("button", { name: "Sign in with password" }).click();
}

/** Opens a page of the account of someone who has signed in. */
async function openSignedIn(email: string, path = "#/account"): Promise<Page> {
  const { page } = await open(path);
  await signIn(page, email);
  await (path === "#/account" ? account(page) : page.getByLabel("First name").waitFor());
  return page;
}

/** The ID of the identity whose session a cookie proves to Kratos. */
async function ownerOf(cookie: string): Promise<string | undefined> {
  const response = await fetch(`${kratos.publicUrl}/sessions/whoami`, { headers: { cookie } });
  return ((await response.json()) as any).identity?.id;
}

/** Waits until the account of someone who has signed in is shown. */
const account = (page: Page) => page.getByText("This device", { exact: true }).waitFor();

it("signs in through Kratos, shows who is signed in and where, saves the profile after an error at its field, signs out elsewhere, and signs out", async () => {
  const { id, email, traits } = await createUser();
  const elsewhere = await logInBrowser(kratos, email);
  const { page, tried } = await open("", { userAgent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36" });
  const sent: string[] = [];
  page.on("request", (request) => request.postData()?.includes(PASSWORD) && sent.push(new URL(request.url()).pathname));

  await page.getByRole("link", { name: "My account" }).click();
  await heading(page, "Sign in").waitFor();
  expect(await focusedIn(page)).toBe("Sign in");
  await signIn(page, email, "wrong");
  await page.getByRole("alert").getByText("The provided credentials are invalid").waitFor();
  expect(await page.getByLabel("E-Mail").inputValue()).toBe(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.keyboard.press("Enter");
  await account(page);
  expect(await focusedIn(page)).toBe("My account");
  await page.getByText(email, { exact: true }).first().waitFor();
  await page.getByText("Not verified").waitFor();
  expect(sent).toEqual(["/kratos/self-service/login"]);

  const devices = page.getByRole("region", { name: "My devices" }).getByRole("listitem");
  expect(await devices.count()).toBe(3);
  expect(await devices.first().innerText()).toMatch(/^Chrome on Linux\s+This device\s/);
  expect(await devices.first().getByRole("button").count()).toBe(0);

  await page.getByRole("link", { name: "Edit profile" }).click();
  await page.getByLabel("E-Mail").fill("nobody");
  await page.getByLabel("Last name").fill("Cee");
  await save(page);
  await page.getByRole("alert").getByText("The changes were not saved.").waitFor();
  expect(await fieldErrorsIn(page)).toEqual({ "E-Mail": "Enter an email address, e.g. name@example.com." });
  expect(await focusedIn(page)).toBe("traits.email");
  await page.getByLabel("E-Mail").fill(email);
  await save(page);
  await said(page, "The changes were saved.").waitFor();
  await page.getByText("Cee").waitFor();
  expect(await traits()).toEqual({ email, name: { first: "Ann", last: "Cee" } });

  expect(await ownerOf(elsewhere)).toBe(id);
  await page.getByRole("button", { name: "Sign out elsewhere…" }).click();
  await page.getByRole("button", { name: "Sign out elsewhere", exact: true }).click();
  await said(page, "You are signed out on all other devices.").waitFor();
  expect(await devices.allInnerTexts()).toEqual([expect.stringContaining("This device")]);
  expect(await ownerOf(elsewhere)).toBeUndefined();

  const { name, value } = (await page.context().cookies()).find((cookie) => cookie.name === SESSIONS.cookie)!;
  expect(await ownerOf(`${name}=${value}`)).toBe(id);
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await said(page, "You have signed out.").waitFor();
  await heading(page, "Sign in").waitFor();
  expect(await page.getByText(email).count()).toBe(0);
  expect(await ownerOf(`${name}=${value}`)).toBeUndefined();
  expect(tried).toEqual([]);
});

it("signs out on a single device", async () => {
  const { id, email } = await createUser();
  const [first, second] = [await logInBrowser(kratos, email), await logInBrowser(kratos, email)];
  const page = await openSignedIn(email);
  // The latest is the first.
  await page.getByRole("button", { name: "Sign out… on" }).first().click();
  await page.getByRole("button", { name: "Sign out", exact: true }).last().click();
  await said(page, "You are signed out there.").waitFor();
  await page.getByText("Showing all 3 devices").waitFor();
  expect([await ownerOf(second), await ownerOf(first)]).toEqual([undefined, id]);
});

it("loads more devices", async () => {
  const { email } = await createUser();
  for (let count = 0; count < 6; count++) await logInBrowser(kratos, email);
  const page = await openSignedIn(email);
  await page.getByText("Showing 6 devices, more are available").waitFor();
  await page.getByRole("button", { name: "Load more" }).click();
  await page.getByText("Showing all 8 devices").waitFor();
});

describe("if Kratos wants the user to sign in before it saves", () => {
  /** Edits a profile, and answers the first attempt to save with an error of the server. */
  const saveTooLate = async (extensions: object): Promise<{ page: Page; id: string; email: string; traits: () => Promise<any> }> => {
    const { id, email, traits } = await createUser();
    const page = await openSignedIn(email, "#/account/profile");
    let attempts = 0;
    await answer(page, "UpdateProfile", (route) => {
      const errors = [{ message: "for developers", path: ["updateViewerTraits"], extensions: { code: "FORBIDDEN", ...extensions } }];
      return attempts++ === 0 ? route.fulfill({ json: { data: { updateViewerTraits: null }, errors } }) : route.fallback();
    });
    await page.getByLabel("First name").fill("Anne");
    await save(page);
    return { page, id, email, traits };
  };
  const REFRESH = { reason: "session_refresh_required", newFlowPath: "/self-service/login/browser?refresh=true" };

  it("keeps what they have entered, and saves it when they have signed in again", async () => {
    const { page, email, traits } = await saveTooLate(REFRESH);
    await page.getByText("confirm that it is you").waitFor();
    await page.waitForFunction("document.activeElement.id === 'sign-in.identifier'");
    await signIn(page, email, "wrong");
    await page.getByRole("alert").getByText("The provided credentials are invalid").waitFor();
    expect((await traits()).name.first).toBe("Ann");
    await signIn(page, email);
    await said(page, "The changes were saved.").waitFor();
    expect((await traits()).name).toEqual({ first: "Anne", last: "Bee" });
  });

  it("shows what they have entered again if they cancel that", async () => {
    const { page, traits } = await saveTooLate(REFRESH);
    await page.getByRole("button", { name: "Cancel" }).click();
    expect(await page.getByLabel("First name").inputValue()).toBe("Anne");
    await save(page);
    await said(page, "The changes were saved.").waitFor();
    expect((await traits()).name.first).toBe("Anne");
  });

  it("does not save it for someone else", async () => {
    const { page, traits } = await saveTooLate(REFRESH);
    const other = await createUser();
    await signIn(page, other.email);
    await said(page, "Someone else has signed in. The changes were not saved.").waitFor();
    await page.getByText(other.email, { exact: true }).first().waitFor();
    expect([(await traits()).name.first, (await other.traits()).name.first]).toEqual(["Ann", "Ann"]);
  });

  it("does not save it either if someone else has signed in in another tab", async () => {
    const [{ email, traits }, other] = [await createUser(), await createUser()];
    const page = await openSignedIn(email, "#/account/profile");
    await page.getByLabel("First name").fill("Anne");
    await page.context().clearCookies();
    const tab = await page.context().newPage();
    await tab.goto(page.url().replace("/profile", ""));
    await signIn(tab, other.email);
    await account(tab);
    await save(page);
    await said(page, "Someone else has signed in. The changes were not saved.").waitFor();
    expect([(await traits()).name.first, (await other.traits()).name.first]).toEqual(["Ann", "Ann"]);
  });

  it("keeps the page open while they complete the second factor in another tab", async () => {
    const { page } = await saveTooLate({ reason: "session_aal2_required", requiredAal: "aal2", newFlowPath: "/self-service/login/browser?aal=aal2" });
    expect(await page.getByRole("link", { name: "Continue with the second factor in a new tab" }).getAttribute("target")).toBe("_blank");
    expect(await page.getByLabel("First name").inputValue()).toBe("Anne");
  });

  it("signs them in again if their session has been revoked in the meantime", async () => {
    const { email, traits } = await createUser();
    const page = await openSignedIn(email, "#/account/profile");
    const other = await openSignedIn(email);
    await other.getByRole("button", { name: "Sign out elsewhere…" }).click();
    await other.getByRole("button", { name: "Sign out elsewhere", exact: true }).click();
    await said(other, "You are signed out on all other devices.").waitFor();
    await page.getByLabel("First name").fill("Anne");
    await save(page);
    await page.getByText("You are no longer signed in.").waitFor();
    await signIn(page, email);
    await said(page, "The changes were saved.").waitFor();
    expect((await traits()).name.first).toBe("Anne");
  });
});

it("leads to Kratos if a second factor is required, and shows the login flow for which Kratos opens the page", async () => {
  const { page } = await open("#/account");
  // A member of the staff, who has a second factor.
  await signIn(page, "zoe.lindqvist@example.com", SAMPLE_PASSWORD);
  const link = page.getByRole("link", { name: "Continue with the second factor" });
  const { pathname, searchParams } = new URL((await link.getAttribute("href"))!, page.url());
  expect([pathname, searchParams.get("aal"), searchParams.get("return_to")]).toEqual(["/kratos/self-service/login/browser", "aal2", page.url()]);

  // What Kratos does if its `ui_url` is this page. Its own is the default of the fake.
  const here = page.url();
  await page.route("http://127.0.0.1:4455/**", (route) => route.fulfill({ status: 303, headers: { location: here.replace("#", `${new URL(route.request().url()).search}#`) } }));
  await link.click();
  await heading(page, "Sign in").waitFor();
  expect(page.url()).toContain("/?flow=");
  await signIn(page, SAMPLE_EMAIL, SAMPLE_PASSWORD);
  await account(page);
  expect(page.url()).toBe(here);
});

it("starts another flow if that of the form does not exist any more", async () => {
  const { email } = await createUser();
  const { page } = await open(`?flow=${randomUUID()}#/account`);
  await page.getByRole("alert").getByText("The form has expired. Fill it in again.").waitFor();
  await signIn(page, email);
  await account(page);
});

it("shows messages of Kratos at their fields", async () => {
  const { page } = await open();
  await page.route("**/self-service/login?flow=*", async (route) => {
    const response = await route.fetch();
    const json = (await response.json()) as any;
    json.ui.messages = [];
    json.ui.nodes.find((node: any) => node.attributes.name === "password").messages = [{ id: 4000002, text: "Property password is missing.", type: "error" }];
    await route.fulfill({ response, json });
  });
  await page.getByRole("link", { name: "My account" }).click();
  await signIn(page, "ann@example.com", "");
  await page.getByRole("alert").getByText("Correct the marked fields below.").waitFor();
  expect(await fieldErrorsIn(page)).toEqual({ Password: "Property password is missing." });
  expect(await focusedIn(page)).toBe("sign-in.password");
});

it("keeps the API key of the page's server and the session of the user apart, because the server accepts one of them in a request", async () => {
  const { key, line } = createApiKey("admin", ["identities:read"]);
  const closed = await startFacade(kratos, { authentication: { apiKeys: parseApiKeys(line), sessions: { cookie: SESSIONS.cookie } } });
  const example = await stopAfterTest(serveExample(closed.url, { apiToken: key, kratosPublicUrl: kratos.publicUrl }));
  const { email } = await createUser();
  const { page } = await openPage(browser);
  await page.goto(`${example.url}/#/account`);
  await signIn(page, email);
  await account(page);
  await page.getByRole("link", { name: "Identities" }).click();
  await page.getByText("Showing 10 identities").waitFor();
  await page.getByRole("link", { name: "My account" }).click();
  await page.getByText(email, { exact: true }).first().waitFor();
  const refused = await page.evaluate("fetch('/graphql', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{\"query\":\"{ version }\"}' }).then(({ status }) => status)");
  expect(refused).toBe(400);
});

describe("if Kratos is not available", () => {
  it("says so on the page and in the form, and goes on when the user tries again", async () => {
    const { page } = await open();
    await page.route("**/kratos/**", (route) => route.fulfill({ status: 502 }));
    await page.getByRole("link", { name: "My account" }).click();
    await page.getByRole("alert").getByText("Kratos cannot be reached at the moment. Try again in a minute.").waitFor();
    await page.unroute("**/kratos/**");
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByLabel("E-Mail").waitFor();
  });

  it("says so if the session cannot be verified, and that nobody is signed out", async () => {
    const own = await stopAfterTest(startFakeKratos());
    const ownFacade = await startFacade(own, { authentication: { apiKeys: [], sessions: SESSIONS } });
    const example = await stopAfterTest(serveExample(ownFacade.url, { kratosPublicUrl: own.publicUrl }));
    const { page } = await openPage(browser);
    await page.goto(`${example.url}/#/account`);
    await signIn(page, SAMPLE_EMAIL, SAMPLE_PASSWORD);
    await account(page);
    await own.stop();
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await page.getByRole("alert").getByText("You are still signed in, because Kratos cannot be reached.").waitFor();
    await page.reload();
    await page.getByRole("alert").getByText("Your access cannot be checked at the moment. Try again in a minute.").waitFor();
  });
});
