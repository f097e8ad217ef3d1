import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { getSampleId, SAMPLE_EMAIL, SAMPLE_PASSWORD } from "../../src/fake-kratos/sample-identities.js";
import { createIdentities, patchIdentity } from "../support/kratos-api.js";
import { answer, useExample } from "./browser.js";

const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const { kratos, open } = useExample();

const EMAIL = "guadalupe.hernandez-castillo.de.la.torre@mail.example.com";
let id = "";
let contestedId = "";
let edits = 0;

beforeAll(async () => {
  [id = ""] = await createIdentities(kratos, "default", [{ email: EMAIL, name: { first: "Guadalupe", last: "Hernández" }, tags: ["customer", "newsletter"] }]);
  [contestedId = ""] = await createIdentities(kratos, "default", [{ email: `x.${EMAIL}`, name: { first: "Guadalupe", last: "Hernández" } }]);
});

async function signIn(page: Page, path: string, email = SAMPLE_EMAIL): Promise<void> {
  await page.goto(page.url() + path);
  await page.getByLabel("E-Mail").fill(email);
  await page.getByLabel("Password").fill(SAMPLE_PASSWORD);
  await page.getByRole("button", { name: "Sign in with password" }).click();
  await page.getByRole("heading", { level: 1, name: /account|profile/ }).waitFor();
}

/** The pages, each in its fullest state. */
const PAGES: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  list: async (page) => {
    await page.getByRole("table").waitFor();
    while (await page.getByRole("button", { name: "Load more" }).count()) {
      const before = await page.getByRole("row").count();
      await page.getByRole("button", { name: "Load more" }).click();
      await page.getByRole("row").nth(before).waitFor();
    }
    await page.getByText(EMAIL, { exact: true }).waitFor();
  },
  create: async (page) => {
    await page.goto(`${page.url()}#/create`);
    await page.getByLabel("Age").fill("-1");
    await page.getByRole("button", { name: "Create identity" }).click();
    await page.getByRole("alert").waitFor();
  },
  identity: async (page) => {
    await page.goto(`${page.url()}#/identities/${id}`);
    await page.getByRole("button", { name: "Create link" }).click();
    await page.getByRole("button", { name: "Copy link" }).click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
  },
  edit: async (page) => {
    await page.goto(`${page.url()}#/identities/${id}/edit`);
    await page.getByLabel("E-Mail").fill("nobody");
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByRole("alert").waitFor();
  },
  saved: async (page) => {
    await page.goto(`${page.url()}#/identities/${id}/edit`);
    await page.getByLabel("Age").fill(String(40 + ++edits));
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText("The changes were saved.").waitFor();
    await page.getByRole("button", { name: "Delete identity…" }).waitFor();
  },
  conflict: async (page) => {
    await page.goto(`${page.url()}#/identities/${contestedId}/edit`);
    await page.getByLabel("First name").fill("Maria Guadalupe de los Ángeles");
    const theirs = { email: `x.${EMAIL}`, name: { first: `Lupe ${++edits}`, last: "Hernández Castillo" }, age: 30 + edits, tags: ["customer", "newsletter"] };
    await patchIdentity(kratos, contestedId, [{ op: "replace", path: "/traits", value: theirs }]);
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByRole("group", { name: "First name" }).waitFor();
  },
  sessions: async (page) => {
    await page.goto(`${page.url()}#/identities/${getSampleId("soren.agard@example.dk")}`);
    await page.getByText("Showing all 4 sessions").waitFor();
    await page.getByText("2 attempts").click();
    await page.getByText("handed over").waitFor();
  },
  forbidden: async (page) => {
    await answer(page, "Identity", async (route) => {
      const response = await route.fetch();
      const json = (await response.json()) as any;
      json.data.identity.sessions = null;
      json.errors = [{ message: "for developers", path: ["identity", "sessions"], extensions: { code: "FORBIDDEN", requiredScope: "sessions:read" } }];
      await route.fulfill({ response, json });
    });
    await page.goto(`${page.url()}#/identities/${getSampleId("soren.agard@example.dk")}`);
    await page.getByText("Ask an administrator for the scope “sessions:read”.").waitFor();
  },
  search: async (page) => {
    await page.goto(`${page.url()}#/search/${EMAIL.slice(0, -3)}`);
    await page.getByText("1 identity found.").waitFor();
  },
  nobody: async (page) => {
    await page.goto(`${page.url()}#/search/${"nobody".repeat(12)}`);
    await page.getByText("Nobody has an identifier").waitFor();
  },
  "sign in": async (page) => {
    await page.goto(`${page.url()}#/account`);
    await page.getByLabel("E-Mail").fill(SAMPLE_EMAIL);
    await page.getByLabel("Password").fill("wrong");
    await page.getByRole("button", { name: "Sign in with password" }).click();
    await page.getByRole("alert").waitFor();
  },
  account: async (page) => {
    await signIn(page, "#/account");
    await page.getByText(/^Showing (6 devices|all \d devices)/).waitFor();
  },
  profile: async (page) => {
    await signIn(page, "#/account/profile");
    await page.getByLabel("E-Mail").fill("nobody");
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByRole("alert").waitFor();
  },
  "sign in again": async (page) => {
    await signIn(page, "#/account/profile");
    await answer(page, "UpdateProfile", (route) => {
      const extensions = { code: "FORBIDDEN", reason: "session_refresh_required", newFlowPath: "/self-service/login/browser?refresh=true" };
      return route.fulfill({ json: { data: { updateViewerTraits: null }, errors: [{ message: "for developers", path: ["updateViewerTraits"], extensions }] } });
    });
    await page.getByLabel("First name").fill("Søren Kjeld");
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByRole("form", { name: "Sign in" }).getByLabel("E-Mail").waitFor();
  },
  "second factor": async (page) => {
    await signIn(page, "#/account", "zoe.lindqvist@example.com");
    await page.getByRole("link", { name: "Continue with the second factor" }).waitFor();
  },
  dialog: async (page) => {
    await page.goto(`${page.url()}#/identities/${id}`);
    await page.getByRole("button", { name: "Delete identity…" }).click();
    await page.getByRole("dialog").waitFor();
  },
  missing: async (page) => {
    await page.goto(`${page.url()}#/identities/nobody`);
    await page.getByText("There is no identity with the ID").waitFor();
  },
};

describe.each(Object.keys(PAGES))("the page %s", (name) => {
  it.each(["light", "dark"] as const)("has no violation that axe finds, and borders of controls with a contrast of at least 3:1, in the %s mode", async (colorScheme) => {
    const { page } = await open("", { colorScheme });
    await PAGES[name]!(page);
    await page.evaluate(AXE);
    const violations: string[] = await page.evaluate("axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html)))");
    expect(violations).toEqual([]);
    const contrasts: [control: string, contrast: number][] = await page.evaluate(BORDER_CONTRASTS);
    expect(contrasts.length).toBeGreaterThan(0);
    expect(contrasts.filter(([, contrast]) => contrast < 3)).toEqual([]);
  });

  it("fits a wide screen and phones: everything is within the page, badges have one line, and nothing covers the content", async () => {
    const { page } = await open();
    await PAGES[name]!(page);
    for (const width of [1280, 390, 320]) {
      await page.setViewportSize({ width, height: 800 });
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
      const right: number[] = await page.locator("main :is(.panel, .buttons)").evaluateAll((all) => all.map((part: any) => part.getBoundingClientRect().right));
      expect(Math.max(0, ...right)).toBeLessThanOrEqual(width - 16);
      const heights: number[] = await page.locator(".badge").evaluateAll((all) => all.map((badge: any) => badge.getBoundingClientRect().height));
      expect(Math.max(0, ...heights)).toBeLessThan(26);
      // An address that fits into a line is in one line.
      const lines: number[] = await page.getByText(/^[^@\s]{1,20}@[^@\s]{1,14}$/).evaluateAll((all) => all.map((address: any) => address.getBoundingClientRect().height));
      expect(Math.max(0, ...lines)).toBeLessThan(26);
      expect(await page.evaluate('[...document.querySelectorAll("body :not(dialog)")].filter((part) => getComputedStyle(part).position === "fixed").length')).toBe(0);
    }
  });
});

/** The contrast of each control's border with what is around it and with what is inside it, whichever is lower. */
const BORDER_CONTRASTS = `(() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgb = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = (color) => {
    const [r, g, b] = rgb(color).map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => (Math.max(luminance(a), luminance(b)) + 0.05) / (Math.min(luminance(a), luminance(b)) + 0.05);
  const behind = (element) => {
    const { backgroundColor } = getComputedStyle(element);
    return rgb(backgroundColor)[3] === 255 ? backgroundColor : behind(element.parentElement);
  };
  // The colour of a filled button is its edge; the browser draws checkboxes itself.
  const controls = [...document.querySelectorAll("button, .button, input:not([type=checkbox]), select, textarea")].filter((control) => control.checkVisibility());
  return controls.map((control) => {
    const { borderTopColor, backgroundColor } = getComputedStyle(control);
    const outside = contrast(borderTopColor, behind(control.parentElement));
    const isFilled = control.matches(".primary, .solid");
    return [control.outerHTML.slice(0, 120), isFilled ? outside : Math.min(outside, contrast(borderTopColor, backgroundColor))];
  });
})()`;

it("is walked with the keyboard: every control of the form in its order, each with a visible focus", async () => {
  const { page } = await open(`#/identities/${id}/edit`);
  await page.getByRole("heading", { level: 1, name: "Edit Guadalupe Hernández" }).waitFor();
  const walked: string[] = [];
  for (let step = 0; step < 7; step++) {
    await page.keyboard.press("Tab");
    const [name, outline] = (await page.evaluate(
      "[document.activeElement.id || document.activeElement.innerText, getComputedStyle(document.activeElement).outlineStyle]",
    )) as [string, string];
    expect(outline).toBe("solid");
    walked.push(name);
  }
  expect(walked).toEqual(["traits.email", "traits.name.first", "traits.name.last", "traits.age", "traits.tags", "Cancel", "Save changes"]);
});

it("follows the system's dark mode", async () => {
  const background = (page: Page): Promise<string> => page.evaluate("getComputedStyle(document.documentElement).backgroundColor");
  const light = await open();
  const dark = await open("", { colorScheme: "dark" });
  expect(await background(dark.page)).not.toBe(await background(light.page));
});
