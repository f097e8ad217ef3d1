import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium, type Browser, type BrowserContextOptions, type Page, type Route } from "playwright-core";
import { startFakeKratos } from "../fake-kratos/index.js";
import { startProgram } from "../support/child-process.js";
import { useServers, type Stoppable } from "../support/lifecycle.js";
import { createFacadeUnderTest } from "../support/use-facade.js";

const COMMANDS = ["chromium", "chromium-browser", "google-chrome"];

const USUAL_PATHS = [
  ...(process.env["PATH"] ?? "").split(delimiter).flatMap((folder) => COMMANDS.map((command) => join(folder, command))),
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** A page that can reach only this machine. */
export interface OfflinePage {
  readonly page: Page;
  /** Addresses of other hosts that it tried to load. */
  readonly tried: readonly string[];
  /** Errors in the console, and uncaught exceptions. */
  readonly complaints: readonly string[];
}

/** Starts a browser without a network: it resolves no host but 127.0.0.1. */
export async function startBrowser(): Promise<Browser> {
  const executablePath = process.env["CHROMIUM_PATH"] || USUAL_PATHS.find((path) => existsSync(path));
  if (!executablePath) throw new Error("Chromium was not found in PATH. Set CHROMIUM_PATH to its path.");
  return chromium.launch({ executablePath, args: ["--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"] });
}

/** Opens a page in a new profile. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<OfflinePage> {
  const context = await browser.newContext({ viewport: { width: 1200, height: 720 }, ...options });
  const tried: string[] = [];
  const complaints: string[] = [];
  await context.route(
    ({ hostname }) => hostname !== "127.0.0.1",
    (route) => {
      tried.push(route.request().url());
      return route.abort();
    },
  );
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  return { page, tried, complaints };
}

/** Saves a screenshot for the documentation if SCREENSHOTS is set. */
export async function keepScreenshot(page: Page, file: string): Promise<void> {
  if (process.env["SCREENSHOTS"]) await page.screenshot({ path: file });
}

export interface ExamplePage extends Stoppable {
  readonly url: string;
}

interface ExampleOptions {
  /** Sent to the API by the page's own server. */
  readonly apiToken?: string;
  /** Where users sign in. */
  readonly kratosPublicUrl?: string;
}

/** Serves the build of examples/react, as its `npm run preview` does. */
export async function serveExample(apiUrl: string, { apiToken = "", kratosPublicUrl }: ExampleOptions = {}): Promise<ExamplePage> {
  const vite = startProgram(process.execPath, ["node_modules/vite/bin/vite.js", "preview", "--host", "127.0.0.1", "--port", "0"], {
    cwd: "examples/react",
    env: { NO_COLOR: "1", API_URL: apiUrl, API_TOKEN: apiToken, ...(kratosPublicUrl && { KRATOS_PUBLIC_URL: kratosPublicUrl }) },
  });
  const [url] = await vite.waitFor(/http:\/\/127\.0\.0\.1:\d+/);
  return { url, stop: vite.stop };
}

/** As with KRATOS_SESSIONS=true and the built-in fake Kratos. */
export const SESSIONS = { cookie: "ory_kratos_session", optional: true };

/** The operations of the example, as a safelist. */
export function readManifest(): string {
  return readFileSync("examples/react/persisted-query-manifest.json", "utf8");
}

/** Starts the example in front of a server that accepts only its operations, a fake Kratos, and a browser, before all tests of the file. */
export function useExample() {
  const servers = useServers(async (cleanups) => {
    const kratos = cleanups.use(await startFakeKratos());
    const facade = cleanups.use(await createFacadeUnderTest(kratos, { safelist: readManifest(), authentication: { apiKeys: [], sessions: SESSIONS } }));
    const example = cleanups.use(await serveExample(facade.url, { kratosPublicUrl: kratos.publicUrl }));
    const browser = await startBrowser();
    cleanups.defer(() => browser.close());
    return { kratos, example, browser };
  });
  const { kratos, example, browser } = servers;
  /** Opens a page of the example, e.g. `#/create`. */
  const open = async (path = "", options: BrowserContextOptions = {}): Promise<OfflinePage> => {
    const opened = await openPage(browser, { permissions: ["clipboard-read", "clipboard-write"], ...options });
    await opened.page.goto(`${example.url}/${path}`);
    return opened;
  };
  return { kratos, example, browser, open };
}

/** The errors at invalid fields, by label. */
export function fieldErrorsIn(page: Page): Promise<Record<string, string>> {
  return page.locator("[aria-invalid=true]").evaluateAll((fields) =>
    Object.fromEntries(
      fields.map((field: any) => [
        field.labels[0].innerText.replace(" optional", ""),
        field.ownerDocument.getElementById(field.getAttribute("aria-describedby")).querySelector(".field-error").innerText,
      ]),
    ),
  );
}

/** The name or the ID of the element that has the focus. */
export function focusedIn(page: Page): Promise<string> {
  return page.evaluate("document.activeElement.innerText || document.activeElement.id");
}

/** Answers the GraphQL operation with this name in place of the server. Other operations reach it. */
export async function answer(page: Page, operationName: string, respond: (route: Route) => Promise<void>): Promise<void> {
  await page.route("**/graphql", (route) => (route.request().postDataJSON().operationName === operationName ? respond(route) : route.fallback()));
}
