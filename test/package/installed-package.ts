import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { startProgram, type Program } from "../support/child-process.js";
import { stopAfterTest } from "../support/lifecycle.js";

const run = promisify(execFile);

/** The npm package, installed in a folder with nothing else in it. */
export interface InstalledPackage {
  readonly folder: string;
  /** Paths of the files in the package. */
  readonly files: readonly string[];
  /** Names of the packages whose `engines` exclude this Node. */
  readonly tooOldFor: readonly string[];
  /** Runs the package's program as `npx` finds it. @returns what it prints */
  npx(...args: string[]): Promise<string>;
  /** Starts a Node program in the folder. It stops when the current test ends. */
  startNode(args: readonly string[], env?: Record<string, string>): Promise<Program>;
  /** Compiles sources, given by file name, and checks all declarations strictly. @throws the compiler's messages */
  compile(sources: Readonly<Record<string, string>>): Promise<void>;
  remove(): void;
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

/** Packs and installs what `npm run build` built. @param beside other packages that a consumer of the library installs */
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
    startNode: (args, env) => stopAfterTest(startProgram("node", args, { cwd: folder, env })),
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

/** The TypeScript blocks of a section of the README, joined. */
export function sourceInReadme(heading: string): string {
  const [, section = ""] = readFileSync("README.md", "utf8").split(`\n## ${heading}\n`);
  const blocks = section.split("\n## ")[0]!.matchAll(/```ts\n(.*?)```/gs);
  return [...blocks].map(([, source]) => source).join("\n");
}
