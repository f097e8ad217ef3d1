import { startFakeKratos } from "../fake-kratos/index.js";
import { SAMPLES } from "../../src/server/explorer/samples.js";
import { useServers } from "../support/lifecycle.js";
import { createFacadeUnderTest, dataOf } from "../support/use-facade.js";
import { keepScreenshot, openPage, startBrowser } from "./browser.js";

const { facade, browser } = useServers(async (cleanups) => {
  const kratos = cleanups.use(await startFakeKratos());
  const facade = cleanups.use(await createFacadeUnderTest(kratos));
  const browser = await startBrowser();
  cleanups.defer(() => browser.close());
  return { facade, browser };
});

it("opens the explorer with its samples without a network, sends one on a click and shows the response", async () => {
  const { identities } = dataOf(await facade.send("{ identities(first: 1) { edges { node { id traits } } } }"));
  const [{ node }] = identities.edges;
  const { page, tried, complaints } = await openPage(browser);
  await page.goto(`${facade.url}/explorer/`);
  for (const { name } of SAMPLES) await page.locator(".window-switcher__item", { hasText: name }).waitFor();
  await page.getByText("Send query Identities").click();
  const answer = page.locator(".query-result__list");
  await answer.getByText(node.id).waitFor();
  expect(await answer.innerText()).toContain(Object.values(node.traits)[0]);
  await keepScreenshot(page, "docs/explorer.png");
  await page.locator(".window-switcher__item", { hasText: "System" }).click();
  await page.getByText("Send query Version").click();
  await page.locator(".query-result__list").getByText("v26.2.0").waitFor();
  expect(tried).toEqual([]);
  expect(complaints).toEqual([]);
  expect(await page.getByRole("button", { name: "Try Altair AI" }).isVisible()).toBe(false);
});

it("says at /graphql that Sandbox cannot be loaded without a network, and links to the explorer", async () => {
  const { page, tried } = await openPage(browser);
  await page.goto(`${facade.url}/graphql`);
  await page.getByText("Apollo Sandbox cannot be loaded").waitFor();
  expect(tried).toEqual([expect.stringMatching(/^https:\/\/embeddable-sandbox\.cdn\.apollographql\.com\//)]);
  await page.getByRole("link", { name: "explorer" }).click();
  await page.getByText("Send query Identities").waitFor();
});

it("passes the endpoint and the first sample to Sandbox, and allows its frame", async () => {
  const { page } = await openPage(browser);
  const script = "window.EmbeddedSandbox = class { constructor(options) { const frame = document.createElement('iframe');"
    + " frame.src = 'https://sandbox.embed.apollographql.com/sandbox/explorer?' + encodeURIComponent(options.initialState.document);"
    + " frame.title = options.initialEndpoint; document.querySelector(options.target).append(frame); } }";
  await page.route("https://embeddable-sandbox.cdn.apollographql.com/**", (route) => route.fulfill({ contentType: "text/javascript", body: script }));
  await page.route("https://sandbox.embed.apollographql.com/**", (route) => route.fulfill({ contentType: "text/html", body: "<p>Apollo's page</p>" }));
  await page.goto(`${facade.url}/graphql`);
  const frame = page.getByTitle(`${facade.url}/graphql`);
  await frame.contentFrame().getByText("Apollo's page").waitFor();
  expect(await frame.getAttribute("src")).toContain(encodeURIComponent(SAMPLES[0]!.document));
});
