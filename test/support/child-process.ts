import { spawn, type SpawnOptionsWithoutStdio } from "node:child_process";
import type { Writable } from "node:stream";
import { stopAfterTest, type Stoppable } from "./lifecycle.js";

export interface Program extends Stoppable {
  /** What it has printed so far, to both streams. */
  readonly output: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly stdin: Writable;
  /** Its exit code, once it has ended and closed its streams. Null if a signal ended it. */
  readonly ended: Promise<number | null>;
  /** Waits until the output matches. @throws if the program ends before that */
  waitFor(pattern: RegExp): Promise<RegExpExecArray>;
  kill(signal: NodeJS.Signals): void;
  /** Sends SIGTERM if it still runs. @returns the exit code */
  stop(): Promise<number | null>;
}

type Options = Pick<SpawnOptionsWithoutStdio, "cwd" | "env" | "uid" | "gid" | "detached">;

/** Starts a program with no environment except PATH and `env`. Signals reach its children as well if it is detached. */
export function startProgram(command: string, args: readonly string[], { env, ...options }: Options = {}): Program {
  const child = spawn(command, args, { ...options, env: { PATH: process.env["PATH"], ...env } });
  const text = { output: "", stdout: "", stderr: "" };
  const matched = new Set<() => void>();
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", (chunk: string) => {
      text[stream] += chunk;
      text.output += chunk;
      for (const look of matched) look();
    });
  }
  const kill = (signal: NodeJS.Signals) => {
    if (!options.detached) child.kill(signal);
    else if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, signal);
  };
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  return {
    get output() {
      return text.output;
    },
    get stdout() {
      return text.stdout;
    },
    get stderr() {
      return text.stderr;
    },
    stdin: child.stdin,
    ended,
    waitFor: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(text.output);
          if (match) resolve(match);
        };
        matched.add(look);
        look();
        void ended.then(() => reject(new Error(`The program ended. It should have printed ${pattern}, and printed:\n${text.output}`)));
      }),
    kill,
    stop: () => {
      kill("SIGTERM");
      return ended;
    },
  };
}

/** Runs the bundled `kratos-graphql`, by default on a free port of 127.0.0.1. */
export function runCli(env: Record<string, string>, ...args: string[]): Program {
  return startProgram(process.execPath, ["test/generated/program/main.js", ...args], { env: { HOST: "127.0.0.1", PORT: "0", ...env } });
}

/** Runs `kratos-graphql` until the current test ends. */
export function startCli(env: Record<string, string>, ...args: string[]): Promise<Program> {
  return stopAfterTest(runCli(env, ...args));
}

/** Waits until the server listens. @returns the address of its GraphQL endpoint */
export async function graphqlUrlOf(program: Program): Promise<string> {
  return (await program.waitFor(/GraphQL is at (\S+);/))[1]!;
}
