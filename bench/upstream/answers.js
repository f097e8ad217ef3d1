import { IDENTITIES, withCredentials } from "./identities.js";

const DEFAULT_PAGE_SIZE = 250;
const FIRST_TOKEN = "00000000-0000-0000-0000-000000000000";
const MOST_LISTS = 5_000;

/** Status, headers and body of an answer, encoded once. */
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

export const VERSION = answer(200, { version: "v26.2.0" });
export const HEALTHY = answer(200, { status: "ok" });
export const NOT_FOUND = answer(404, {
  error: { code: 404, status: "Not Found", message: "Unable to locate the resource" },
});

/** Every answer about identities, by what is asked for. */
export function createIdentityAnswers() {
  const ids = IDENTITIES.map(({ id }) => id);
  const encoded = new Map(IDENTITIES.map((identity) => [identity.id, Buffer.from(JSON.stringify(identity))]));
  const single = new Map(IDENTITIES.map((identity) => [identity.id, answer(200, withCredentials(identity))]));
  const created = answer(201, withCredentials(IDENTITIES[0]));
  const lists = new Map();

  function encodeList(members, links) {
    const parts = members.flatMap((id, index) => [Buffer.from(index === 0 ? "" : ","), encoded.get(id)]);
    return answer(200, Buffer.concat([Buffer.from("["), ...parts, Buffer.from("]\n")]), links);
  }

  function link(query, size, token, rel) {
    const params = new URLSearchParams(query);
    params.set("page_size", size);
    params.set("page_token", token);
    return `</admin/identities?${params}>; rel="${rel}"`;
  }

  /** @param search what stands behind the question mark */
  function createList(search) {
    const query = new URLSearchParams(search);
    const size = Number(query.get("page_size") ?? DEFAULT_PAGE_SIZE);
    const token = query.get("page_token") ?? "";
    const wanted = query.getAll("ids");
    const pool = wanted.length > 0 ? [...new Set(wanted)].filter((id) => encoded.has(id)).sort() : ids;
    const rest = pool.filter((id) => id > token);
    const members = rest.slice(0, size);
    const links = [link(query, size, FIRST_TOKEN, "first")];
    if (rest.length > size) links.push(link(query, size, members.at(-1), "next"));
    return encodeList(members, { link: links.join(",") });
  }

  return {
    identity: (id) => single.get(id) ?? NOT_FOUND,
    created: () => created,
    /** Made when it is first asked for, and kept. */
    list(search) {
      let list = lists.get(search);
      if (!list) {
        list = createList(search);
        if (lists.size < MOST_LISTS) lists.set(search, list);
      }
      return list;
    },
  };
}
