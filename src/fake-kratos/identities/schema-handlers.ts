import { KratosError } from "../http/kratos-error.js";
import type { KratosRequest } from "../http/kratos-request.js";
import { pageLinks, parsePage } from "../http/page-links.js";
import { json, type Reply } from "../http/reply.js";
import { identitySchemas } from "./identity-schemas.js";

// v0.6.3 lets the trace of its Go stack out, paths of the machine it was built on included.
const leakedTrace = (id: string): string =>
  [
    "rid=",
    "error=The request was malformed or contained invalid parameters",
    `reason=Unable to find JSON Schema ID: ${id}`,
    "details=map[]",
    "debug=",
    "",
    "github.com/ory/kratos/schema.Schemas.GetByID",
    "\t/project/schema/schema.go:38",
    "github.com/ory/kratos/schema.(*Handler).get",
    "\t/project/schema/handler.go:76 (github.com/ory/kratos/schema/handler.go)",
    "net/http.(*conn).serve",
    "\t/usr/local/go/src/net/http/server.go:1930",
    "runtime.goexit",
    "\t/usr/local/go/src/runtime/asm_amd64.s:1581",
  ].join("\n");

/** One schema by its name alone (v0.6.3). */
export function readSchema({ params }: KratosRequest): Reply {
  const id = params["id"] ?? "";
  const found = identitySchemas.find((each) => each.id === id);
  if (!found) throw new KratosError(404, { debug: leakedTrace(id), message: "The requested resource could not be found" });
  return json(found.schema, 200, { "content-type": "application/json" });
}

/** One schema by its name, plain or as it stands in a schema_url (v26). */
export function readSchemaByEitherName({ params }: KratosRequest): Reply {
  const id = params["id"] ?? "";
  const found = identitySchemas.find((each) => each.id === id || Buffer.from(each.id).toString("base64url") === id);
  if (!found) throw new KratosError(404, { reason: `Identity schema \`${id}\` could not be found.` });
  return json(found.schema);
}

/** All schemas (v26), with page numbers and tokens that are page numbers in disguise. */
export function listSchemas({ query, path }: KratosRequest): Reply {
  const names = { page: "page", perPage: query.has("page_size") ? "page_size" : "per_page" };
  const { page, perPage } = parsePage(query, { perPage: 250, maximum: 500 }, names);
  const schemas = identitySchemas.slice(page * perPage, (page + 1) * perPage);
  const values = (size: number, number: number) => ({
    page: String(number),
    page_size: String(size),
    page_token: Buffer.from(JSON.stringify({ offset: String(number * size), v: 2 })).toString("base64url"),
    per_page: String(size),
  });
  const total = identitySchemas.length;
  const link = pageLinks({ page, perPage, total }, values, path, query);
  return json(schemas, 200, { link, "x-total-count": String(total) });
}
