/** A query as Go's url.Values.Encode writes it: sorted by key, a key's values in their order. */
export function goQuery(entries: Iterable<[string, string]>): string {
  return [...entries]
    .map(([key, value]) => [key, `${escape(key)}=${escape(value)}`] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, pair]) => pair)
    .join("&");
}

function escape(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%20", "+");
}

/** One part of a Link header: `path` with the query, some of its values replaced. */
export function goLink(path: string, query: Iterable<[string, string]>, values: Record<string, string>, rel: string): string {
  const kept = [...query].filter(([key]) => !(key in values));
  return `<${path}?${goQuery([...kept, ...Object.entries(values)])}>; rel="${rel}"`;
}
