import { execFile, spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** What npm puts into the package, and a folder with nothing but the package in it. */
export interface InstalledPackage {
  readonly folder: string;
  /** The package's files, as paths in it. */
  readonly files: readonly string[];
  /** The packages that say of themselves that this Node is too old for them. */
  readonly tooOldFor: readonly string[];
  /** Runs the package's program as `npx` finds it. @returns what it prints */
  npx(...args: string[]): Promise<string>;
  /** Starts a program in the folder, and waits until it has printed something that matches. */
  start(command: string, args: readonly string[], env: Record<string, string>, until: RegExp): Promise<Started>;
  /** Compiles sources by their names, with the strictest reading of all declarations. @throws what the compiler says */
  compile(sources: Readonly<Record<string, string>>): Promise<void>;
  remove(): void;
}

export interface Started {
  readonly found: RegExpExecArray;
  stop(): Promise<void>;
}

const TSCONFIG = {
  compilerOptions: {
    strict: true,
    module: "nodenext",
    target: "es2022",
    types: ["node"],
    skipLibCheck: false,
    noUncheckedIndexedAccess: true,
  },
};

/** Packs what `npm run build` built. @param beside what else a consumer of the library installs */
export async function installPackage(beside: readonly string[]): Promise<InstalledPackage> {
  const folder = mkdtempSync(join(tmpdir(), "kratos-graphql-package-"));
  const packed = await run("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder]);
  const [{ filename, files }] = JSON.parse(packed.stdout) as [
    { filename: string; files: { path: string }[] },
  ];
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ ...TSCONFIG, include: ["*.ts"] }));
  const { stderr } = await run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", `./${filename}`, ...beside], { cwd: folder });

  return {
    folder,
    files: files.map(({ path }) => path),
    tooOldFor: [...stderr.matchAll(/EBADENGINE +package: '(.+)@/g)].map(([, name]) => name!),
    npx: async (...args) => (await run("npx", ["--no-install", "kratos-graphql", ...args], { cwd: folder })).stdout,
    start: (command, args, env, until) => startIn(folder, command, args, env, until),
    compile: async (sources) => {
      for (const [name, source] of Object.entries(sources)) writeFileSync(join(folder, name), source);
      const tsc = resolve("node_modules/typescript/bin/tsc");
      await run(process.execPath, [tsc, "-p", folder], { cwd: folder }).catch(({ stdout }: { stdout: string }) => {
        throw new Error(stdout);
      });
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}

async function startIn(cwd: string, command: string, args: readonly string[], env: Record<string, string>, until: RegExp): Promise<Started> {
  const child = spawn(command, args, { cwd, env: { PATH: process.env["PATH"], ...env } });
  const ended = new Promise<void>((done) => child.once("exit", () => done()));
  let output = "";
  const found = await new Promise<RegExpExecArray>((done, fail) => {
    const look = (chunk: Buffer) => {
      output += chunk.toString();
      const match = until.exec(output);
      if (match) done(match);
    };
    child.stdout.on("data", look);
    child.stderr.on("data", look);
    child.once("exit", () => fail(new Error(`the process ended: ${output}`)));
  });
  return { found, stop: () => stop(child, ended) };
}

async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.kill("SIGTERM");
  await ended;
}

/** The sources of a section of the README, joined. */
export function sourceInReadme(heading: string): string {
  const [, section = ""] = readFileSync("README.md", "utf8").split(`\n## ${heading}\n`);
  const blocks = section.split("\n## ")[0]!.matchAll(/```ts\n(.*?)```/gs);
  return [...blocks].map(([, source]) => source).join("\n");
}

