import type { FakeKratosVersion } from "./eras/era.js";
import { v06 } from "./eras/v06.js";
import { v06AdminRoutes, v06PublicRoutes } from "./eras/v06-routes.js";
import { v26 } from "./eras/v26.js";
import { v26AdminRoutes, v26PublicRoutes } from "./eras/v26-routes.js";
import type { KratosRequest } from "./http/kratos-request.js";
import { listen } from "./http/listener.js";
import { answer, type Route } from "./http/router.js";
import { IdentityStore } from "./identities/identity-store.js";
import { addSampleIdentities } from "./identities/sample-identities.js";
import type { KratosState } from "./kratos-state.js";

export type { FakeKratosVersion };

export interface FakeKratosOptions {
  /** Default: `v26.2.0`. */
  version?: FakeKratosVersion;
  /** On 127.0.0.1; default 0, any free port. */
  adminPort?: number;
  /** On 127.0.0.1; default 0, any free port. */
  publicPort?: number;
  /** Whether to start with some thirty believable people and devices. Default: true. */
  sampleIdentities?: boolean;
  /** Lifespan of all self-service flows. Default: ten minutes. */
  flowLifespanMs?: number;
  /** Default: true. */
  verificationEnabled?: boolean;
  /** Whether the `link` method is enabled, which makes recovery links. Default: true. */
  recoveryLinkEnabled?: boolean;
}

/** A running emulation. */
export interface FakeKratos {
  readonly version: FakeKratosVersion;
  readonly adminUrl: string;
  readonly publicUrl: string;
  /** Closes both ports, kept-alive connections included. */
  stop(): Promise<void>;
}

const eras = {
  "v0.6.3-alpha.1": { era: v06, adminRoutes: v06AdminRoutes, publicRoutes: v06PublicRoutes },
  "v26.2.0": { era: v26, adminRoutes: v26AdminRoutes, publicRoutes: v26PublicRoutes },
};

/** Starts an in-memory emulation of Ory Kratos, reached over loopback HTTP like the real thing. */
export async function startFakeKratos(options: FakeKratosOptions = {}): Promise<FakeKratos> {
  const { era, adminRoutes, publicRoutes } = eras[options.version ?? "v26.2.0"];
  let routes: { admin: Route[]; public: Route[] } = { admin: [], public: [] };
  const respond = (request: KratosRequest) => answer(routes[request.port], era.router, request);
  const admin = await listen(options.adminPort ?? 0, "admin", respond);
  const open = await listen(options.publicPort ?? 0, "public", respond).catch(async (error: unknown) => {
    await admin.stop();
    throw error;
  });
  const state: KratosState = {
    era,
    adminUrl: admin.url,
    publicUrl: open.url,
    flowLifespanMs: options.flowLifespanMs ?? 10 * 60 * 1000,
    verificationEnabled: options.verificationEnabled ?? true,
    recoveryLinkEnabled: options.recoveryLinkEnabled ?? true,
    identities: new IdentityStore(),
    flows: new Map(),
    sessions: new Map(),
    errorContainers: new Map(),
  };
  if (options.sampleIdentities ?? true) addSampleIdentities(state);
  routes = { admin: adminRoutes(state), public: publicRoutes(state) };
  return {
    version: era.version,
    adminUrl: admin.url,
    publicUrl: open.url,
    stop: async () => {
      await Promise.all([admin.stop(), open.stop()]);
    },
  };
}
