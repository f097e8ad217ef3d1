import type { Page } from "playwright-core";
import { getSampleId } from "../../src/fake-kratos/sample-identities.js";
import { createApiKey, parseApiKeys } from "../../src/server/auth/api-key.js";
import type { Scope } from "../../src/graphql/scopes.js";
import { startFakeKratos } from "../fake-kratos/index.js";
import { createIdentity, logIn, PASSWORD, readIdentity, signUp } from "../support/kratos-api.js";
import { stopAfterTest } from "../support/lifecycle.js";
import { startFacade } from "../support/use-facade.js";
import { answer, focusedIn, openPage, serveExample, useExample } from "./browser.js";

const { kratos, browser, open } = useExample();
const panel = (page: Page, name: string) => page.getByRole("region", { name, exact: true });
const entries = async (page: Page, name: string) => (await panel(page, name).locator(".entries > li").allInnerTexts()).map((text) => text.split(/\s+/).join(" "));
/** Presses a button that asks, and confirms. */
const confirm = async (page: Page, panelName: string, label: string | RegExp, action: string): Promise<void> => {
  await panel(page, panelName).getByRole("button", { name: label }).first().press("Enter");
  await page.getByRole("dialog").getByRole("button", { name: action, exact: true }).press("Enter");
};
const said = (page: Page, text: string) => page.getByRole("status").getByText(text, { exact: true }).waitFor();

describe("sessions", () => {
  it("shows on which devices, where, when and how someone signed in", async () => {
    const { page, complaints } = await open(`#/identities/${getSampleId("ada@example.co.uk")}`);
    await panel(page, "Sessions").getByText("Showing the only session").waitFor();
    expect(await entries(page, "Sessions")).toEqual([
      expect.stringMatching(/^Firefox on Linux Active 203\.0\.113\.140:60555 · Manchester, GB Signed in .+: Password, Authenticator app Expires .+ Revoke…$/),
    ]);
    expect(complaints).toEqual([]);
  });

  it("revokes one after confirmation, and keeps the focus", async () => {
    const { page } = await open(`#/identities/${getSampleId("zoe.lindqvist@example.com")}`);
    await panel(page, "Sessions").getByRole("button", { name: "Revoke… Chrome on Windows" }).press("Enter");
    const question = page.getByRole("dialog", { name: "Revoke the session in Chrome on Windows?" });
    await question.waitFor();
    expect(await focusedIn(page)).toBe("Cancel");
    await page.keyboard.press("Escape");
    await question.waitFor({ state: "hidden" });
    expect((await entries(page, "Sessions")).map((text) => text.split(" ")[3])).toEqual(["Active", "Ended"]);

    await confirm(page, "Sessions", /^Revoke… Chrome/, "Revoke");
    await said(page, "The session was revoked.");
    expect((await entries(page, "Sessions")).map((text) => text.split(" ")[3])).toEqual(["Ended", "Ended"]);
    expect(await focusedIn(page)).toBe("Sessions");
    await page.reload();
    await panel(page, "Sessions").getByText("Showing all 2 sessions").waitFor();
    expect(await panel(page, "Sessions").getByText("Active", { exact: true }).count()).toBe(0);
  });

  it("loads more, and revokes all after confirmation", async () => {
    const email = "often@example.com";
    const { identityId } = await signUp(kratos, { email });
    for (let more = 0; more < 6; more++) await logIn(kratos, email, PASSWORD);
    const { page, complaints } = await open(`#/identities/${identityId}`);
    await panel(page, "Sessions").getByText("Showing 5 sessions, more are available").waitFor();
    await panel(page, "Sessions").getByRole("button", { name: "Load more" }).press("Enter");
    await panel(page, "Sessions").getByText("Showing all 7 sessions").waitFor();
    expect(await entries(page, "Sessions")).toHaveLength(7);

    await confirm(page, "Sessions", "Revoke all…", "Revoke all");
    await said(page, "All sessions were revoked.");
    await panel(page, "Sessions").getByText("None.").waitFor();
    expect(await focusedIn(page)).toBe("Sessions");
    expect(complaints).toEqual([]);
  });
});

describe("credentials", () => {
  it("shows accounts at providers, and deletes one, but not the last that one can sign in with", async () => {
    const providers = ["ann", "anna"].map((subject) => ({ provider: "google", subject }));
    const { id } = await createIdentity(kratos, {
      schema_id: "default",
      traits: { email: "two-accounts@example.com" },
      credentials: { oidc: { config: { providers } } },
    });
    const { page } = await open(`#/identities/${id}`);
    await panel(page, "Credentials").getByText("anna", { exact: true }).waitFor();
    await confirm(page, "Credentials", "Delete… OpenID Connect: google", "Delete");
    await said(page, "OpenID Connect: google was deleted.");
    expect(await entries(page, "Credentials")).toEqual([expect.stringMatching(/^OpenID Connect: google anna /)]);
    expect(await focusedIn(page)).toBe("Credentials");

    await confirm(page, "Credentials", "Delete… OpenID Connect: google", "Delete");
    await page.getByRole("alert").getByText("Kratos does not delete the last credential that someone can sign in with. To prevent that, deactivate the identity.").waitFor();
  });

  it("deletes a second factor that someone has lost", async () => {
    const { page } = await open(`#/identities/${getSampleId("siobhan@example.ie")}`);
    await confirm(page, "Credentials", "Delete… Authenticator app", "Delete");
    await said(page, "Authenticator app was deleted.");
    expect((await entries(page, "Credentials")).map((text) => text.split(" ")[0])).toEqual(["Backup", "OpenID"]);
  });
});

describe("addresses", () => {
  it("marks an address as verified after confirmation", async () => {
    const { id } = await createIdentity(kratos, { schema_id: "default", traits: { email: "unverified@example.com" } });
    const { page } = await open(`#/identities/${id}`);
    await panel(page, "Addresses").getByText("Not verified").waitFor();
    await confirm(page, "Addresses", "Verify… unverified@example.com", "Mark as verified");
    await said(page, "unverified@example.com is verified now.");
    await panel(page, "Addresses").getByText("Verified", { exact: true }).waitFor();
    expect(await panel(page, "Addresses").getByRole("button").count()).toBe(0);
    expect(await focusedIn(page)).toBe("Addresses");
    expect((await readIdentity(kratos, id)).verifiable_addresses[0].verified).toBe(true);
  });
});

describe("messages", () => {
  it("shows what was sent to the addresses, and the attempts", async () => {
    const { page } = await open(`#/identities/${getSampleId("brid@example.ie")}`);
    const messages = panel(page, "Messages to brid@example.ie");
    await messages.getByText("Verification code").waitFor();
    await messages.getByText("Not sent").waitFor();
    await messages.getByText("3 attempts").click();
    expect(await messages.locator("ol > li").allInnerTexts()).toEqual(Array(3).fill(expect.stringMatching(/: failed$/)));
    await page.goto(page.url().replace(/[^/]*$/, getSampleId("neelam.sharma@example.in")));
    await panel(page, "Messages to neelam.sharma@example.in").getByText("Not tried yet").waitFor();
    await page.goto(page.url().replace(/[^/]*$/, getSampleId("gudrun@example.is")));
    await panel(page, "Messages to gudrun@example.is").getByText("None that Kratos still has.").waitFor();
  });
});

it("deactivates and activates an identity after confirmation", async () => {
  const { id } = await createIdentity(kratos, { schema_id: "default", traits: { email: "switch@example.com" } });
  const { page } = await open(`#/identities/${id}`);
  await confirm(page, "Overview", "Deactivate…", "Deactivate");
  await said(page, "switch@example.com is inactive now.");
  expect((await readIdentity(kratos, id)).state).toBe("inactive");
  expect(await page.getByText("Inactive", { exact: true }).count()).toBe(2);
  await confirm(page, "Overview", "Activate…", "Activate");
  await said(page, "switch@example.com is active now.");
  expect((await readIdentity(kratos, id)).state).toBe("active");
});

/** Opens the page of a sample identity as a caller with these scopes. */
async function openAs(scopes: readonly Scope[], email: string, traitsMask: readonly string[] = []): Promise<Page> {
  const clerk = createApiKey("clerk", scopes);
  const facade = await startFacade(kratos, { authentication: { apiKeys: parseApiKeys(clerk.line) }, traitsMask });
  const example = await stopAfterTest(serveExample(facade.url, { apiToken: clerk.key }));
  const { page } = await openPage(browser);
  await page.goto(`${example.url}/#/identities/${getSampleId(email)}`);
  return page;
}

it("offers nothing at addresses that are hidden from the caller, and does not claim that they got no messages", async () => {
  const page = await openAs(["identities:read", "identities:write", "courier:read"], "mariajose@example.es", ["email"]);
  await panel(page, "Messages").getByText("The address is hidden from you. Ask an administrator for the scope “secrets:read”.").waitFor();
  await panel(page, "Addresses").getByText("Not verified").waitFor();
  expect(await panel(page, "Addresses").getByRole("button").count()).toBe(0);
});

describe("a part that fails", () => {

  it("says which scope the caller lacks, and leaves the others usable", async () => {
    const page = await openAs(["identities:read"], "siobhan@example.ie");
    await panel(page, "Sessions").getByText("You are not allowed to do this. Ask an administrator for the scope “sessions:read”.").waitFor();
    await panel(page, "Messages to siobhan@example.ie").getByText("You are not allowed to do this. Ask an administrator for the scope “courier:read”.").waitFor();
    expect(await panel(page, "Sessions").getByRole("button").count()).toBe(0);
    await panel(page, "Traits").getByText("O’Brien").waitFor();
    await panel(page, "Credentials").getByText("Backup codes", { exact: true }).waitFor();
    await confirm(page, "Credentials", "Delete… Backup codes", "Delete");
    await page.getByRole("alert").getByText("Ask an administrator for the scope “identities:write”.").waitFor();
  });

  it("says that something may have been done if the caller cannot see the result", async () => {
    const page = await openAs(["identities:read", "sessions:read", "sessions:write"], "siobhan@example.ie");
    await panel(page, "Sessions").getByText("Showing the only session").waitFor();
    await answer(page, "RevokeSession", (route) => route.abort());
    await confirm(page, "Sessions", /^Revoke… /, "Revoke");
    await page.getByRole("alert").getByText("This may have been done nevertheless. Load the page again to find out.").waitFor();
  });

  it("says which Kratos it needs", async () => {
    const old = await stopAfterTest(startFakeKratos({ version: "v0.6.3-alpha.1" }));
    const example = await stopAfterTest(serveExample((await startFacade(old)).url));
    const { page } = await openPage(browser);
    await page.goto(`${example.url}/#/identities/${getSampleId("siobhan@example.ie")}`);
    await panel(page, "Sessions").getByText("The connected Kratos is too old for this: it needs v0.9.0-alpha.2 or later.").waitFor();
    await panel(page, "Credentials").getByText("it needs v0.7.0-alpha.1 or later.").waitFor();
    await panel(page, "Messages to siobhan@example.ie").getByText("it needs v0.11.0 or later.").waitFor();
    await confirm(page, "Addresses", /^Verify… /, "Mark as verified");
    await page.getByRole("alert").getByText("the connected Kratos is too old for it.").waitFor();
  });

  it("can be loaded again if that may help", async () => {
    const { page } = await open();
    await answer(page, "Identity", async (route) => {
      const response = await route.fetch();
      const json = (await response.json()) as any;
      json.data.identity.sessions = null;
      json.errors = [{ message: "for developers", path: ["identity", "sessions"], extensions: { code: "KRATOS_UNAVAILABLE" } }];
      await route.fulfill({ response, json });
    });
    await page.goto(`${page.url()}#/identities/${getSampleId("ada@example.co.uk")}`);
    await panel(page, "Sessions").getByText("Kratos cannot be reached at the moment. Try again in a minute.").waitFor();
    await page.unroute("**/graphql");
    await panel(page, "Sessions").getByRole("button", { name: "Try again" }).click();
    await panel(page, "Sessions").getByText("Showing the only session").waitFor();
  });
});
