import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { startFakeKratos } from "../fake-kratos/index.js";
import { graphqlUrlOf, startCli } from "../support/child-process.js";
import { stopAfterTest } from "../support/lifecycle.js";
import { startScriptedKratos } from "../support/scripted-kratos.js";
import { eventually } from "../support/wait.js";

interface Response {
  readonly status: number;
  readonly body: string;
}

/** Sends a request over a keep-alive connection. Rejects if the response is incomplete. */
function send(agent: Agent, url: string, query?: string): Promise<Response> {
  return new Promise((resolve, reject) => {
    const options = { agent, method: query ? "POST" : "GET", headers: { "content-type": "application/json" } };
    const sent = request(url, options, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (body += chunk));
      response.on("end", () => resolve({ status: response.statusCode!, body }));
      response.on("error", reject);
    });
    sent.on("error", reject);
    sent.end(query && JSON.stringify({ query }));
  });
}

it("on SIGTERM reports that it is not ready, completes all requests under load, and exits", async () => {
  const kratos = await stopAfterTest(startFakeKratos());
  const facade = await startCli({ KRATOS_ADMIN_URL: kratos.adminUrl, KRATOS_PUBLIC_URL: kratos.publicUrl, SHUTDOWN_DELAY_MS: "3000" });
  const url = await graphqlUrlOf(facade);

  const agent = new Agent({ keepAlive: true, maxSockets: 20 });
  const wrong: unknown[] = [];
  let answered = 0;
  let ready = true;
  // Twenty callers send as long as the server says that it is ready, as they would behind a load balancer.
  const callers = Array.from({ length: 20 }, async () => {
    while (ready) {
      try {
        const { status, body } = await send(agent, url, "{ identities(first: 20) { edges { node { id traits } } } }");
        if (status === 200 && !body.includes('"errors"')) answered++;
        else wrong.push(body);
      } catch (error) {
        wrong.push(error);
      }
    }
  });
  const balancer = (async () => {
    while (ready) {
      await sleep(50);
      ready = (await send(new Agent(), new URL("/health/ready", url).href)).status === 200;
    }
  })();

  await sleep(300);
  facade.kill("SIGTERM");
  await Promise.all([...callers, balancer]);
  expect(await facade.ended).toBe(0);
  expect(wrong).toEqual([]);
  expect(answered).toBeGreaterThan(0);
}, 30_000);

it("waits GRACE_MS for running requests, and then cuts their connections and exits", async () => {
  const kratos = await stopAfterTest(startScriptedKratos("v26.2.0", (_, path) => (path.includes("identities") ? "hang" : undefined)));
  const facade = await startCli({ KRATOS_ADMIN_URL: kratos.adminUrl, GRACE_MS: "300" });
  const running = send(new Agent(), await graphqlUrlOf(facade), "{ identities(first: 1) { edges { cursor } } }").catch(({ code }: NodeJS.ErrnoException) => code);
  await eventually("the request is running", () => kratos.seen.some((request) => request.includes("identities")));
  facade.kill("SIGTERM");
  expect(await running).toBe("ECONNRESET");
  expect(await facade.ended).toBe(0);
}, 30_000);
