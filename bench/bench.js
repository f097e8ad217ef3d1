import { setTimeout as sleep } from "node:timers/promises";
import { identity } from "./cases/identity.js";
import { LoadGenerator } from "./measure/load.js";
import { lookAtAnswers } from "./measure/look-at-answers.js";
import { mediansOf } from "./measure/medians-of.js";
import { measurePaging } from "./measure/paging.js";
import { residentBytes } from "./measure/process-tree.js";
import { rotated } from "./measure/rotated.js";
import { sample } from "./measure/sample.js";
import { startUp } from "./measure/start-up.js";
import { measureStartUps } from "./measure/start-ups.js";
import { machine } from "./report/machine.js";
import { HELLO, PRODUCT, UPSTREAM } from "./servers/index.js";

const MOST_START_UPS = 5;
/** Long enough for the compilers of the engines to have come to an end. */
const WARM_UP_SECONDS = 2;
const IDLE_MS = 3_000;

/** One run: everything is started, measured in turns, and stopped again. @returns the results */
export async function bench({ rounds, seconds, connections, servers, cases }, say) {
  const stops = [];
  try {
    const { running: upstream } = await startUp(UPSTREAM);
    const load = new LoadGenerator();
    stops.push(upstream.stop, () => load.stop());
    const results = {
      date: new Date().toISOString(),
      machine: machine(),
      options: { rounds, seconds, connections },
      servers: {},
      cases: {},
    };

    const started = [];
    for (const server of servers.map(withFirstQuestion)) {
      results.servers[server.name] = { title: server.title };
      try {
        const { running } = await startUp(server, upstream.url);
        stops.push(running.stop);
        started.push({ ...server, running });
        results.servers[server.name].version = server.version();
      } catch (error) {
        results.servers[server.name].error = error.message;
        say(`${server.name}: ${error.message}`);
      }
    }

    const { subjects, report } = await lookAtAnswers(started, cases, say);
    results.cases = report;
    const take = ({ server, one, prepared }, time = seconds) => {
      const job = { url: server.running.url, ...prepared, connections, seconds: time };
      return sample({ load, key: `${server.name} ${one.name}`, job, pid: server.running.pid, upstreamUrl: upstream.url });
    };
    say("Warming up.");
    for (const subject of subjects) await take(subject, WARM_UP_SECONDS);
    const samples = new Map(subjects.map((subject) => [subject, []]));
    for (let round = 0; round < rounds; round += 1) {
      say(`Round ${round + 1} of ${rounds}.`);
      for (const one of cases) {
        const turns = subjects.filter((subject) => subject.one === one);
        for (const subject of rotated(turns, round)) samples.get(subject).push(await take(subject));
      }
    }
    for (const [{ server, one }, taken] of samples) results.cases[one.name].servers[server.name] = mediansOf(taken);

    const product = started.find(({ name }) => name === PRODUCT);
    if (product) {
      say("Paging.");
      const { running } = product;
      const paging = measurePaging({ load, running, upstreamUrl: upstream.url, rounds, seconds, connections });
      results.paging = await paging.catch((error) => ({ error: error.message }));
    }
    await sleep(IDLE_MS);
    for (const { name, running } of started) {
      const peaks = Object.values(results.cases).map((one) => one.servers[name]?.memory ?? 0);
      Object.assign(results.servers[name], { memoryUnderLoad: Math.max(...peaks), memoryAfterLoad: residentBytes(running.pid) });
      await running.stop();
    }

    say("Starting up, again and again.");
    results.servers[HELLO.name] = { title: HELLO.title, version: HELLO.version() };
    const startUps = await measureStartUps([...started, HELLO], Math.min(rounds, MOST_START_UPS), upstream.url, say);
    for (const [name, milliseconds] of Object.entries(startUps)) results.servers[name].startUp = milliseconds;
    return results;
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

/** A server with the question that its first answer is to. */
function withFirstQuestion(server) {
  const [request] = identity.requests[server.name]();
  return { ...server, request, isRight: (answer) => identity.check(server.name, answer, 0) };
}
