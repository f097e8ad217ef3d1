import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parse } from "yaml";

const WORKFLOW = ".github/workflows/release.yml";
const { jobs } = parse(readFileSync(WORKFLOW, "utf8"));
const { version } = JSON.parse(readFileSync("package.json", "utf8"));
const changelog = readFileSync("CHANGELOG.md", "utf8");
const released = changelog.replace(`## ${version} (unreleased)`, `## ${version} (2026-12-01)`);

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "release-"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ version }));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Runs the script of a step as GitHub does. @returns its exit code */
function runStep(job: string, name: string, env: Record<string, string>): number | null {
  const { run } = jobs[job].steps.find((step: any) => step.name?.startsWith(name));
  const path = `${folder}:${process.env["PATH"]}`;
  return spawnSync("bash", ["-eo", "pipefail", "-c", run], { cwd: folder, env: { PATH: path, GITHUB_OUTPUT: join(folder, "output"), GITHUB_REPOSITORY: "Acme/Graph", ...env } }).status;
}

it("starts only if the tag is the version of the package, and the changelog has a date for it", () => {
  const check = (tag: string, text: string) => {
    writeFileSync(join(folder, "CHANGELOG.md"), text);
    return runStep("check", "The tag is", { GITHUB_REF_NAME: tag });
  };
  expect(check(`v${version}`, changelog.replace(/\(\d{4}-\d\d-\d\d\)/, "(unreleased)"))).not.toBe(0);
  expect(check("v9.9.9", released)).not.toBe(0);
  expect(check(`v${version}`, released)).toBe(0);
  expect(readFileSync(join(folder, "output"), "utf8")).toBe(`version=${version}\nimage=ghcr.io/acme/graph\n`);
  for (const [name, { needs }] of Object.entries<any>(jobs)) if (name !== "check") expect([needs].flat()).toContain("check");
});

it("describes the release with its own section of the changelog", () => {
  writeFileSync(join(folder, "CHANGELOG.md"), `${released}\n## 0.0.1 (2020-01-01)\n\n- The first one.\n`);
  writeFileSync(join(folder, "gh"), '#!/bin/sh\necho "$@" >arguments\n', { mode: 0o755 });
  expect(runStep("release", "Create the release", { VERSION: version, GITHUB_REF_NAME: `v${version}` })).toBe(0);
  const notes = readFileSync(join(folder, "notes.md"), "utf8");
  expect(notes).toContain("### Server");
  expect(notes).not.toMatch(/^## |The first one/m);
  expect(readFileSync(join(folder, "arguments"), "utf8")).toMatch(new RegExp(`^release create v${version} .*--notes-file notes.md schema.graphql sbom.cdx.json\n$`));
});

it("gives each job no more permissions than it needs, and leaves no credentials to later steps", () => {
  expect(parse(readFileSync(WORKFLOW, "utf8")).permissions).toEqual({});
  const writes = Object.entries<any>(jobs).map(([name, { permissions }]) => [name, Object.keys(permissions).filter((key) => permissions[key] === "write")]);
  expect(Object.fromEntries(writes)).toEqual({ check: [], package: ["id-token"], image: ["packages", "id-token", "attestations"], chart: ["packages"], release: ["contents"] });
  const checkouts = Object.values<any>(jobs).flatMap(({ steps }) => steps.filter(({ uses = "" }: any) => uses.startsWith("actions/checkout@")));
  expect(checkouts.every((step: any) => step.with["persist-credentials"] === false)).toBe(true);
});

const hasActionlint = spawnSync("actionlint", ["-version"]).status === 0;
(hasActionlint ? it : it.skip)("passes actionlint", () => {
  execFileSync("actionlint", [resolve(WORKFLOW)], { stdio: "pipe" });
});
