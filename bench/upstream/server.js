/** A Kratos v26.2.0 of fixed identities, its admin and its public API on one port. Every answer is encoded beforehand. */
import { createServer } from "node:http";
import { createIdentityAnswers, HEALTHY, NOT_FOUND, VERSION } from "./answers.js";

const IDENTITIES = "/admin/identities";
const answers = createIdentityAnswers();
let counts = {};

function count(kind) {
  counts[kind] = (counts[kind] ?? 0) + 1;
}

function answerTo(method, url) {
  if (url.startsWith(`${IDENTITIES}/`)) {
    count(`${method} ${IDENTITIES}/{id}`);
    return answers.identity(url.slice(IDENTITIES.length + 1));
  }
  if (url === IDENTITIES || url.startsWith(`${IDENTITIES}?`)) {
    count(`${method} ${IDENTITIES}${url.includes("ids=") ? "?ids" : ""}`);
    return method === "POST" ? answers.created() : answers.list(url.slice(IDENTITIES.length + 1));
  }
  count(`${method} ${url}`);
  if (url === "/version") return VERSION;
  if (url.startsWith("/health/")) return HEALTHY;
  return NOT_FOUND;
}

function send(response, { status, headers, bytes }) {
  response.writeHead(status, headers);
  response.end(bytes);
}

/** The counts since they were last asked for. */
function sendCounts(response) {
  const bytes = Buffer.from(JSON.stringify(counts));
  counts = {};
  send(response, { status: 200, headers: { "content-type": "application/json", "content-length": bytes.length }, bytes });
}

const server = createServer((request, response) => {
  const { method, url } = request;
  if (url === "/__requests") return sendCounts(response);
  const answer = answerTo(method, url);
  if (method === "GET") return send(response, answer);
  request.resume().once("end", () => send(response, answer));
});
server.keepAliveTimeout = 60_000;
server.listen(Number(process.env.PORT), "127.0.0.1");
