/** An HTTP answer on its way out. */
export interface Reply {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** A successful JSON answer; Kratos names the charset on these, but not on its errors. */
export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Reply {
  return { status, headers: { "content-type": "application/json; charset=utf-8", ...headers }, body: `${JSON.stringify(value)}\n` };
}

/** What Go's http.Error writes. */
export function plainText(status: number, text: string, headers: Record<string, string> = {}): Reply {
  return {
    status,
    headers: { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff", ...headers },
    body: `${text}\n`,
  };
}

export const noContent = (): Reply => ({ status: 204, headers: {}, body: "" });
export const pageNotFound = (): Reply => plainText(404, "404 page not found");

const redirectTexts: Record<number, string> = { 301: "Moved Permanently", 302: "Found", 303: "See Other", 307: "Temporary Redirect" };
const htmlEscapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;" };

/** What Go's http.Redirect writes: a small HTML page, but only for GET (and its headers for HEAD). */
export function redirect(method: string, status: number, location: string, headers: Record<string, string> = {}): Reply {
  const hasPage = method === "GET" || method === "HEAD";
  return {
    status,
    headers: { location, ...(hasPage ? { "content-type": "text/html; charset=utf-8" } : {}), ...headers },
    body: hasPage ? `<a href="${location.replace(/[&<>"']/g, (c) => htmlEscapes[c] ?? c)}">${redirectTexts[status]}</a>.\n\n` : "",
  };
}
