/** The course of one run: start everything, check the answers, measure in turns, stop everything. */
import { cpus, release, type } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { walk } from "./cases/lists.js";
import { identity } from "./cases/single.js";
import { compareWithGoals } from "./goals.js";
import { cpuRatio, LoadGenerator, median, rotate, summarize } from "./load.js";
import { ask, residentMemory, start } from "./processes.js";
import { EMPTY_APOLLO, PRODUCT, UPSTREAM } from "./servers.js";

const MAX_START_ROUNDS = 5;
/** Long enough for V8 to have compiled what is used. */
const WARM_UP_SECONDS = 1.5;
const IDLE_MS = 3_000;
/** How many answers of each server and case are checked before any time is measured. */
const CHECKED_ANSWERS = 2;

/**
 * @param options rounds, seconds, connections, and the servers and cases to measure
 * @param log reports progress
 * @returns the results, as results/latest.json has them
 */
export async function runBench({ servers, cases, ...options }, log) {
  checkRequestsDiffer(servers, cases, options.connections);
  const results = {
    date: new Date().toISOString(),
    machine: {
      cpu: cpus()[0].model,
      cores: cpus().length,
      system: `${type()} ${release()}`,
      node: process.versions.node,
      nodeOptions: process.env.NODE_OPTIONS,
    },
    options,
    servers: Object.fromEntries(servers.map(({ name, title }) => [name, { title }])),
    cases: Object.fromEntries(cases.map(({ name, title }) => [name, { title, servers: {} }])),
  };
  const stops = [];
  try {
    const upstream = await start(UPSTREAM);
    const load = new LoadGenerator(upstream.url);
    stops.push(upstream.stop, () => load.stop());

    const running = [];
    for (const server of servers.map(withFirstRequest)) {
      try {
        const started = await start(server, upstream.url);
        stops.push(started.stop);
        running.push({ ...server, ...started });
        results.servers[server.name].version = server.version();
      } catch (error) {
        results.servers[server.name].error = error.message;
        log(`${server.name}: ${error.message}`);
      }
    }
    await measureCases(load, running, cases, options, results, log);

    const product = running.find(({ name }) => name === PRODUCT);
    if (product) {
      log("Walking through pages.");
      results.walk = await measureWalk(load, product, options).catch(({ message }) => ({ error: message }));
    }

    await sleep(IDLE_MS);
    for (const { name, pid, stop } of running) {
      const peaks = Object.values(results.cases).map((one) => one.servers[name]?.memory ?? 0);
      Object.assign(results.servers[name], { memoryUnderLoad: Math.max(...peaks), memoryAfterLoad: residentMemory(pid) });
      await stop();
    }

    log("Starting each server several times.");
    results.servers[EMPTY_APOLLO.name] = { title: EMPTY_APOLLO.title, version: EMPTY_APOLLO.version() };
    const startTimes = await measureStarts([...running, EMPTY_APOLLO], upstream.url, options.rounds, log);
    for (const [name, times] of startTimes) results.servers[name].startMs = median(times);
    results.goals = compareWithGoals(results);
    return results;
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

/** The cases that an API has requests for. */
function casesOf(api, cases) {
  return cases.filter(({ requests }) => requests[api]);
}

/** @throws if two requests in flight could be equal, as Tailcall answers those with one request to Kratos */
function checkRequestsDiffer(servers, cases, connections) {
  for (const { api } of servers) {
    for (const { name, requests } of casesOf(api, cases)) {
      const all = requests[api]();
      const different = new Set(all.map(({ path, body }) => `${path} ${body}`)).size;
      if (different < all.length || different < connections) {
        throw new Error(
          `${name} has ${all.length} requests for ${api}, ${different} of them different. ` +
            `All must differ, and there must be at least as many as connections (${connections}).`,
        );
      }
    }
  }
}

/** A server is ready once it answers the first identity. */
function withFirstRequest(server) {
  return {
    ...server,
    firstRequest: identity.requests[server.api]()[0],
    checkFirst: (answer) => identity.check(server.api, answer, 0),
  };
}

/**
 * @returns the requests of a case, with the status and length to expect of every answer
 * @throws if an answer is wrong
 */
async function checkAnswers({ api, url }, testCase) {
  const requests = testCase.requests[api]();
  let expected;
  for (const [index, request] of requests.slice(0, CHECKED_ANSWERS).entries()) {
    const { status, length, json } = await ask(url, request);
    testCase.check(api, json, index);
    expected ??= { status, length };
  }
  return { requests, expected };
}

/** Checks every server in every case, then measures those that answer correctly, in turns. Adds to the results. */
async function measureCases(load, running, cases, { rounds, seconds, connections }, results, log) {
  const subjects = [];
  for (const server of running) {
    for (const testCase of casesOf(server.api, cases)) {
      try {
        subjects.push({ server, testCase, ...(await checkAnswers(server, testCase)), samples: [] });
      } catch (error) {
        results.cases[testCase.name].servers[server.name] = { error: error.message };
        log(`${server.name}, ${testCase.name}: ${error.message}`);
      }
    }
  }
  const sample = ({ server, testCase, requests, expected }, sampleSeconds) =>
    load.sample(`${server.name} ${testCase.name}`, server, { requests, expected, connections, seconds: sampleSeconds });
  log(`Warming up ${subjects.length} pairs of server and case, ${WARM_UP_SECONDS} s each.`);
  for (const subject of subjects) await sample(subject, WARM_UP_SECONDS);
  for (let round = 0; round < rounds; round += 1) {
    log(`Round ${round + 1} of ${rounds}.`);
    for (const testCase of cases) {
      const turns = subjects.filter((subject) => subject.testCase === testCase);
      for (const subject of rotate(turns, round)) subject.samples.push(await sample(subject, seconds));
    }
  }
  for (const { server, testCase, samples } of subjects) {
    results.cases[testCase.name].servers[server.name] = summarize(samples);
  }
}

/** Compares the last pages of a walk with the first ones, in turns. */
async function measureWalk(load, server, { rounds, seconds, connections }) {
  const requests = await walk(async (request) => (await ask(server.url, request)).json);
  const samples = { first: [], last: [] };
  // The round before the first one is the warm-up.
  for (let round = -1; round < rounds; round += 1) {
    for (const end of rotate(["first", "last"], round + 1)) {
      const { status, length } = await ask(server.url, requests[end][0]);
      const job = { requests: requests[end], expected: { status, length }, connections, seconds };
      const sample = await load.sample(`walk ${end}`, server, job);
      if (round >= 0) samples[end].push(sample);
    }
  }
  const first = summarize(samples.first);
  const last = summarize(samples.last);
  return { first, last, ratio: cpuRatio(last, first) };
}

/** Starts the servers one after the other, each alone. @returns the milliseconds to the first right answer, by name */
async function measureStarts(servers, upstreamUrl, rounds, log) {
  const times = new Map(servers.map(({ name }) => [name, []]));
  for (let round = 0; round < Math.min(rounds, MAX_START_ROUNDS); round += 1) {
    for (const server of rotate(servers, round)) {
      try {
        const { startMs, stop } = await start(server, upstreamUrl);
        times.get(server.name).push(startMs);
        await stop();
      } catch (error) {
        log(`${server.name}: ${error.message}`);
      }
    }
  }
  return times;
}
