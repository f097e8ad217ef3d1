import { readHealth, readMetrics, readVersion } from "../health-handlers.js";
import { redirect } from "../http/reply.js";
import { del, get, patch, post, put, type Handler, type Route } from "../http/router.js";
import { createIdentity, deleteIdentity, readIdentity, updateIdentity } from "../identities/identity-handlers.js";
import { listByToken } from "../identities/list-by-token.js";
import { patchIdentity } from "../identities/patch-identity.js";
import { listSchemas, readSchemaByEitherName } from "../identities/schema-handlers.js";
import type { KratosState } from "../kratos-state.js";
import { readErrorContainer } from "../self-service/error-containers.js";
import { flowInits, flowKinds, openFlowKinds } from "../self-service/flow-routes.js";
import { readFlow, readSettings } from "../self-service/flow-handlers.js";
import { createRecoveryLink } from "../self-service/recovery-link.js";

/** The endpoints of v26's admin port, which answer the same with and without `/admin` in front. */
export function v26AdminRoutes(state: KratosState): Route[] {
  const toPublic: Handler = ({ method, path, search }) => redirect(method, 307, state.publicUrl + path + search);
  return [
    get("/health/alive", readHealth),
    get("/health/ready", readHealth),
    get("/version", () => readVersion(state)),
    get("/metrics/prometheus", () => readMetrics(state)),
    get("/identities", (request) => listByToken(state, request)),
    post("/identities", (request) => createIdentity(state, request)),
    get("/identities/:id", (request) => readIdentity(state, request)),
    put("/identities/:id", (request) => updateIdentity(state, request)),
    patch("/identities/:id", (request) => patchIdentity(state, request)),
    del("/identities/:id", (request) => deleteIdentity(state, request)),
    post("/recovery/link", (request) => createRecoveryLink(state, request)),
    get("/schemas", toPublic),
    get("/schemas/:id", toPublic),
    get("/self-service/errors", toPublic),
    ...flowKinds.flatMap((kind) => ["api", "browser", "flows"].map((last) => get(`/self-service/${kind}/${last}`, toPublic))),
  ];
}

/** The endpoints of v26's public port. */
export function v26PublicRoutes(state: KratosState): Route[] {
  const toAdmin: Handler = ({ method, path, search }) =>
    redirect(method, 307, `${state.adminUrl}/admin${path.replace(/^\/admin/, "")}${search}`);
  const prefixable = (prefix: string): Route[] => [
    get(`${prefix}/identities`, toAdmin),
    post(`${prefix}/identities`, toAdmin),
    get(`${prefix}/identities/:id`, toAdmin),
    put(`${prefix}/identities/:id`, toAdmin),
    patch(`${prefix}/identities/:id`, toAdmin),
    del(`${prefix}/identities/:id`, toAdmin),
    get(`${prefix}/schemas`, listSchemas),
    get(`${prefix}/schemas/:id`, readSchemaByEitherName),
  ];
  return [
    get("/health/alive", readHealth),
    get("/health/ready", readHealth),
    ...prefixable(""),
    ...prefixable("/admin"),
    post("/recovery/link", toAdmin),
    get("/self-service/errors", (request) => readErrorContainer(state, request)),
    ...flowInits(state),
    ...openFlowKinds.map((kind) => get(`/self-service/${kind}/flows`, (request) => readFlow(state, kind, request))),
    get("/self-service/settings/flows", (request) => readSettings(state, request)),
  ];
}
