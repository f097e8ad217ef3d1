import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { VARIABLES } from "../../src/config/variables.js";

const PAGES = ["README.md", "CONTRIBUTING.md", ...readdirSync("docs").filter((name) => name.endsWith(".md")).map((name) => join("docs", name))];
const TESTS = readdirSync("test", { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".test.ts"));

describe.each(PAGES)("%s", (page) => {
  const text = readFileSync(page, "utf8");

  it("names only test files that exist", () => {
    const named = [...text.matchAll(/`([\w/-]+\.test\.ts)`/g)].map(([, path]) => path!.replace(/^test\//, ""));
    expect(named.filter((path) => !TESTS.some((test) => test === path || test.endsWith(`/${path}`)))).toEqual([]);
  });

  it("quotes only test names that are in the named file", () => {
    const quoted = [...text.matchAll(/`(?:test\/)?([\w/-]+\.test\.ts)`: ((?:"[^"]+"(?:, )?)+)/g)].flatMap(([, path, names]) =>
      [...names!.matchAll(/"([^"]+)"/g)].map(([, name]) => [path!, name!.replaceAll("…", "").trim()] as const),
    );
    const source = (path: string) => TESTS.filter((test) => test === path || test.endsWith(`/${path}`)).map((test) => readFileSync(join("test", test), "utf8")).join();
    expect(quoted.filter(([path, name]) => !source(path).includes(name))).toEqual([]);
  });

  it("links only to files that exist", () => {
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link]) => join(page, "..", link!));
    expect(links.filter((path) => !existsSync(path))).toEqual([]);
  });

  it("names only variables that the server knows", () => {
    const known = readFileSync("src/config/variables.ts", "utf8");
    const named = [...text.matchAll(/`([A-Z][A-Z]+_[A-Z_]+)(?:=[^`]*)?`/g)].map(([, name]) => name!.replace(/(?<!^AUDIT)_FILE$/, ""));
    const elsewhere = /^(NODE_ENV|OTEL_|CHROMIUM_PATH|KRATOS_SHORT_LIVED|FAST_CHECK|NODE_|LOG_LEVEL$)/;
    const codes = readFileSync("docs/errors.md", "utf8").match(/\| `[A-Z_`, ]+` \|/g)!.join();
    expect([...new Set(named)].filter((name) => !elsewhere.test(name) && !known.includes(`${name}:`) && !codes.includes(name))).toEqual([]);
  });
});

it("docs/errors.md lists every error code of the server", () => {
  const page = readFileSync("docs/errors.md", "utf8");
  const sources = ["graphql", "server"].flatMap((room) =>
    readdirSync(join("src", room), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts"))
      .map((path) => readFileSync(join("src", room, path), "utf8")),
  );
  const codes = sources.flatMap((source) => [...source.matchAll(/(?:HttpError\(\d+, |Error, |code: |badRequest\(\d+, |CODE = )"([A-Z_]+)"/g)].map(([, code]) => code!));
  expect(codes).toEqual(expect.arrayContaining(["NOT_FOUND", "OPERATION_TOO_LARGE", "KRATOS_UNAVAILABLE", "BAD_USER_INPUT"]));
  expect([...new Set(codes)].filter((code) => !page.includes(`\`${code}\``))).toEqual([]);
});

it("docs/operations.md says what each warning and error of the log means", () => {
  const page = readFileSync("docs/operations.md", "utf8");
  const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"));
  const messages = files.flatMap((path) =>
    [...readFileSync(join("src", path), "utf8").matchAll(/ogger\.(?:warn|error)\([^"`\n]*["`]([A-Z][^"`$.:]+)/g)].map(([, message]) => message!),
  );
  expect(messages.length).toBeGreaterThan(10);
  expect(messages.filter((message) => !page.includes(`\`${message}`))).toEqual([]);
});

it("docs/configuration.md lists every variable of the server", () => {
  const page = readFileSync("docs/configuration.md", "utf8");
  expect(Object.keys(VARIABLES.shape).filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});
