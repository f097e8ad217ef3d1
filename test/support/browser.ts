import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";

const COMMANDS = ["chromium", "chromium-browser", "google-chrome"];

const USUAL_PLACES = [
  ...(process.env["PATH"] ?? "").split(delimiter).flatMap((folder) => COMMANDS.map((command) => join(folder, command))),
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** A page that reaches this machine alone. */
export interface CutOffPage {
  readonly page: Page;
  /** Addresses elsewhere that it tried to reach. */
  readonly tried: readonly string[];
  /** What the browser or the page itself complained of. */
  readonly complaints: readonly string[];
}

/** Starts a browser without a network: no name but 127.0.0.1 leads anywhere. */
export async function startBrowser(): Promise<Browser> {
  const executablePath = process.env["CHROMIUM_PATH"] || USUAL_PLACES.find((path) => existsSync(path));
  if (!executablePath) throw new Error("There is no Chromium in the usual places; set CHROMIUM_PATH to where one is.");
  return chromium.launch({ executablePath, args: ["--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"] });
}

/** Opens a page in a profile of its own. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<CutOffPage> {
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

/** Keeps a picture of the page for the documentation, where SCREENSHOTS is set. */
export async function keepScreenshot(page: Page, file: string): Promise<void> {
  if (process.env["SCREENSHOTS"]) await page.screenshot({ path: file });
}
