import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import { startProgram } from "../support/child-process.js";
import type { Stoppable } from "../support/lifecycle.js";

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

/**
 * Serves the build of examples/react, as its `npm run preview` does.
 * @param apiToken sent to the API by the page's own server
 */
export async function serveExample(apiUrl: string, apiToken = ""): Promise<ExamplePage> {
  const vite = startProgram(process.execPath, ["node_modules/vite/bin/vite.js", "preview", "--host", "127.0.0.1", "--port", "0"], {
    cwd: "examples/react",
    env: { NO_COLOR: "1", API_URL: apiUrl, API_TOKEN: apiToken },
  });
  const [url] = await vite.waitFor(/http:\/\/127\.0\.0\.1:\d+/);
  return { url, stop: vite.stop };
}
