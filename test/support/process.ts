import { spawn, type ChildProcess } from "node:child_process";

/** Starts the process as `npm start` does. */
export function start(env: Record<string, string>, ...args: string[]) {
  const child = spawn(process.execPath, ["--import", "tsx", "src/main.ts", ...args], {
    env: { PATH: process.env["PATH"], HOST: "127.0.0.1", PORT: "0", ...env },
  });
  const output = { out: "", error: "" };
  child.stdout.on("data", (chunk: Buffer) => (output.out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output.error += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  return { child, output, ended };
}

/** The address that the process says GraphQL is at. */
export async function addressOf({ child, output }: { child: ChildProcess; output: { out: string } }): Promise<string> {
  while (!/GraphQL is at (\S+);/.test(output.out)) {
    if (child.exitCode !== null) throw new Error("the process ended");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return /GraphQL is at (\S+);/.exec(output.out)![1]!;
}
