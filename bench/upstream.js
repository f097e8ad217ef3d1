/**
 * Stands in for Kratos v26.2.0: serves the fixed identities, with the admin and the public API on one port. Every answer is
 * encoded once and kept, so that the upstream takes little of the CPU that it shares with the measured server.
 */
import { createServer } from "node:http";
import { LARGE, SMALL, withPassword } from "./identities.js";

const PATH = "/admin/identities";
const DEFAULT_PAGE_SIZE = 250;
const FIRST_PAGE_TOKEN = "00000000-0000-0000-0000-000000000000";

const ids = [...LARGE, ...SMALL].map(({ id }) => id);
const encoded = new Map([...LARGE, ...SMALL].map((identity) => [identity.id, Buffer.from(JSON.stringify(identity))]));
const single = new Map([...LARGE.map(withPassword), ...SMALL].map((identity) => [identity.id, answer(200, identity)]));
const lists = new Map();

const CREATED = answer(201, withPassword(LARGE[0]));
const VERSION = answer(200, { version: "v26.2.0" });
const HEALTHY = answer(200, { status: "ok" });
const NOT_FOUND = answer(404, {
  error: { code: 404, status: "Not Found", message: "Unable to locate the resource" },
});

/** Requests about identities. What a server asks for itself, e.g. the version of Kratos, belongs to no request of a client. */
let requestCount = 0;

const server = createServer((request, response) => {
  const { method, url } = request;
  if (url === "/__requests") return sendRequestCount(response);
  if (url.startsWith(PATH)) requestCount += 1;
  const found = findAnswer(method, url);
  if (method === "GET") return send(response, found);
  request.resume().once("end", () => send(response, found));
});
server.keepAliveTimeout = 60_000;
server.listen(Number(process.env.PORT), "127.0.0.1");

function findAnswer(method, url) {
  if (url.startsWith(`${PATH}/`)) return single.get(url.slice(PATH.length + 1)) ?? NOT_FOUND;
  if (url === PATH || url.startsWith(`${PATH}?`)) {
    return method === "POST" ? CREATED : findList(url.slice(PATH.length + 1));
  }
  if (url === "/version") return VERSION;
  return url.startsWith("/health/") ? HEALTHY : NOT_FOUND;
}

function findList(search) {
  if (!lists.has(search)) lists.set(search, createList(new URLSearchParams(search)));
  return lists.get(search);
}

function createList(query) {
  const size = Number(query.get("page_size") ?? DEFAULT_PAGE_SIZE);
  const token = query.get("page_token") ?? "";
  const wanted = query.getAll("ids");
  const pool = wanted.length > 0 ? [...new Set(wanted)].filter((id) => encoded.has(id)).sort() : ids;
  const rest = pool.filter((id) => id > token);
  const page = rest.slice(0, size);
  const members = page.flatMap((id, index) => [Buffer.from(index === 0 ? "" : ","), encoded.get(id)]);
  const links = [link(query, size, FIRST_PAGE_TOKEN, "first")];
  if (rest.length > size) links.push(link(query, size, page.at(-1), "next"));
  return answer(200, Buffer.concat([Buffer.from("["), ...members, Buffer.from("]\n")]), { link: links.join(",") });
}

function link(query, size, token, rel) {
  const params = new URLSearchParams(query);
  params.set("page_size", size);
  params.set("page_token", token);
  return `<${PATH}?${params}>; rel="${rel}"`;
}

/** @returns the status, headers and body of an answer */
function answer(status, body, headers = {}) {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(`${JSON.stringify(body)}\n`);
  return {
    status,
    headers: {
      "cache-control": "private, no-cache, no-store, must-revalidate",
      "content-type": status === 404 ? "application/json" : "application/json; charset=utf-8",
      ...headers,
      "content-length": bytes.length,
    },
    bytes,
  };
}

function send(response, { status, headers, bytes }) {
  response.writeHead(status, headers);
  response.end(bytes);
}

/** Answers how many requests about identities arrived since this was last asked. */
function sendRequestCount(response) {
  send(response, answer(200, { count: requestCount }));
  requestCount = 0;
}
