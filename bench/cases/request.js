/** A request for something as it is, which only the bare proxy takes. */
export function get(path) {
  return { method: "GET", path, headers: { accept: "application/json" } };
}

/** A request with a body in JSON. */
export function send(method, path, body) {
  const headers = { accept: "application/json", "content-type": "application/json" };
  return { method, path, headers, body: JSON.stringify(body) };
}

/** A GraphQL request as clients send it: the text is always the same, what varies is in the variables. */
export function graphql(query, variables) {
  return send("POST", "/graphql", { query, variables });
}

/** A query's text without the indentation that it has in the source. */
export function text(query) {
  return query.replace(/\s+/g, " ").trim();
}
