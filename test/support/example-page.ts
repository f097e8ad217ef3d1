import { spawn } from "node:child_process";

export interface ExamplePage {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Serves what examples/react was built to, as its `npm run preview` does.
 * @param apiToken sent to the API by the page's own server
 */
export async function serveExample(apiUrl: string, apiToken = ""): Promise<ExamplePage> {
  const child = spawn(process.execPath, ["node_modules/vite/bin/vite.js", "preview", "--host", "127.0.0.1", "--port", "0"], {
    cwd: "examples/react",
    env: { PATH: process.env["PATH"], NO_COLOR: "1", API_URL: apiUrl, API_TOKEN: apiToken },
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  let output = "";
  const url = await new Promise<string>((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      output += chunk.toString();
      const [address] = /http:\/\/127\.0\.0\.1:\d+/.exec(output) ?? [];
      if (address) resolve(address);
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    void ended.then(() => reject(new Error(`vite preview ended: ${output}`)));
  });
  return {
    url,
    stop: async () => {
      child.kill();
      await ended;
    },
  };
}
