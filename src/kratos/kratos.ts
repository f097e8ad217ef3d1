import { Flows } from "./flows.js";
import { Identities } from "./identities/identities.js";
import type { Interceptor } from "./interceptor.js";
import type { KratosLoad } from "./request-queue.js";
import { RecoveryLinks } from "./recovery-links.js";
import { Schemas } from "./schemas.js";
import { SelfServiceErrors } from "./self-service-errors.js";
import { System } from "./system.js";
import { Upstream, type UpstreamOptions } from "./upstream.js";

export type KratosOptions = UpstreamOptions;

/** An Ory Kratos from v0.6.3-alpha.1 to v26.2.0, spoken to over HTTP. Nothing is asked of it before the first call. */
export class Kratos {
  readonly identities: Identities;
  readonly schemas: Schemas;
  readonly flows: Flows;
  readonly selfServiceErrors: SelfServiceErrors;
  readonly recoveryLinks: RecoveryLinks;
  readonly system: System;
  readonly #upstream: Upstream;

  constructor(options: KratosOptions | Upstream) {
    const upstream = options instanceof Upstream ? options : Upstream.of(options);
    this.#upstream = upstream;
    this.identities = new Identities(upstream);
    this.schemas = new Schemas(upstream);
    this.flows = new Flows(upstream);
    this.selfServiceErrors = new SelfServiceErrors(upstream);
    this.recoveryLinks = new RecoveryLinks(upstream);
    this.system = new System(upstream);
  }

  /** The same Kratos, with every request to it going through an interceptor. Cheap enough to be made for each caller's request. */
  withInterceptor(interceptor: Interceptor): Kratos {
    return new Kratos(this.#upstream.withInterceptor(interceptor));
  }

  /** How many requests are under way, and how many wait. */
  get load(): KratosLoad {
    return this.#upstream.load;
  }
}
