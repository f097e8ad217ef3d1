import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
  /** Paths of all installed packages. */
  readonly dependencies: readonly string[];
  /** Resolves all packages as another Node installs them. @throws npm's messages if the `engines` of a package exclude it */
  installOn(node: string): Promise<void>;
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
  const install = ["install", "--prefer-offline", "--no-audit", "--no-fund", `./${filename}`];
  await run("npm", [...install, "--engine-strict"], { cwd: folder });
  const { stdout } = await run("npm", ["query", "*"], { cwd: folder });
  const dependencies = (JSON.parse(stdout) as { location: string }[]).map(({ location }) => location).filter((location) => location !== "");
  await run("npm", [...install, ...beside], { cwd: folder });

  return {
    folder,
    files: files.map(({ path }) => path),
    dependencies,
    installOn: async (node) => {
      const empty = mkdtempSync(join(folder, "node-"));
      writeFileSync(join(empty, "package.json"), JSON.stringify({ private: true }));
      cpSync(join(folder, filename), join(empty, filename));
      await run("npx", ["--yes", "--package", `node@${node}`, "npm", ...install, "--engine-strict", "--package-lock-only"], { cwd: empty });
    },
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

/** The TypeScript blocks of a section of a page, joined. */
export function sourceIn(page: string, heading: string): string {
  const [, section = ""] = readFileSync(page, "utf8").split(`\n## ${heading}\n`);
  const blocks = section.split("\n## ")[0]!.matchAll(/```ts\n(.*?)```/gs);
  return [...blocks].map(([, source]) => source).join("\n");
}
