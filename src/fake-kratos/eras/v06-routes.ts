import { readHealth, readMetrics, readVersion } from "../health-handlers.js";
import { del, get, post, put, type Route } from "../http/router.js";
import { createIdentity, deleteIdentity, readIdentity, updateIdentity } from "../identities/identity-handlers.js";
import { listByPage } from "../identities/list-by-page.js";
import { readSchema } from "../identities/schema-handlers.js";
import type { KratosState } from "../kratos-state.js";
import { readErrorContainer } from "../self-service/error-containers.js";
import { flowInits, openFlowKinds } from "../self-service/flow-routes.js";
import { readFlow, readSettings } from "../self-service/flow-handlers.js";
import { createRecoveryLink } from "../self-service/recovery-link.js";

/** The endpoints that both of v0.6.3's ports have. */
const sharedRoutes = (state: KratosState): Route[] => [
  get("/health/alive", readHealth),
  get("/health/ready", readHealth),
  get("/schemas/:id", readSchema),
  get("/self-service/errors", (request) => readErrorContainer(state, request)),
  ...openFlowKinds.map((kind) => get(`/self-service/${kind}/flows`, (request) => readFlow(state, kind, request))),
  get("/self-service/settings/flows", (request) => readSettings(state, request)),
];

/** The endpoints of v0.6.3's admin port. */
export const v06AdminRoutes = (state: KratosState): Route[] => [
  ...sharedRoutes(state),
  get("/version", () => readVersion(state)),
  get("/metrics/prometheus", () => readMetrics(state)),
  get("/identities", (request) => listByPage(state, request)),
  post("/identities", (request) => createIdentity(state, request)),
  get("/identities/:id", (request) => readIdentity(state, request)),
  put("/identities/:id", (request) => updateIdentity(state, request)),
  del("/identities/:id", (request) => deleteIdentity(state, request)),
  post("/recovery/link", (request) => createRecoveryLink(state, request)),
];

/** The endpoints of v0.6.3's public port. */
export const v06PublicRoutes = (state: KratosState): Route[] => [...sharedRoutes(state), ...flowInits(state)];
