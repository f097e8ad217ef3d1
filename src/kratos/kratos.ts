import { KratosClient, type Interceptor, type KratosCredentials, type KratosOptions } from "./client.js";
import { Courier } from "./courier.js";
import { Flows } from "./flows.js";
import { Identities } from "./identities/identities.js";
import { Recovery } from "./recovery.js";
import type { KratosLoad, QueueCaller } from "./request-queue.js";
import { Schemas } from "./schemas.js";
import { SelfServiceErrors } from "./self-service-errors.js";
import { Sessions } from "./sessions.js";
import { System } from "./system.js";
import type { SessionCredential } from "./session-credential.js";
import { KratosUser } from "./user.js";

/** The REST API of one Ory Kratos, v0.6.3-alpha.1 to v26.2.0. Sends nothing before the first call. */
export class Kratos {
  readonly identities: Identities;
  readonly sessions: Sessions;
  readonly courier: Courier;
  readonly schemas: Schemas;
  readonly flows: Flows;
  readonly selfServiceErrors: SelfServiceErrors;
  readonly recovery: Recovery;
  readonly system: System;
  readonly #client: KratosClient;

  constructor(options: KratosOptions | KratosClient) {
    const client = options instanceof KratosClient ? options : new KratosClient(options);
    this.#client = client;
    this.identities = new Identities(client);
    this.sessions = new Sessions(client);
    this.courier = new Courier(client);
    this.schemas = new Schemas(client);
    this.flows = new Flows(client);
    this.selfServiceErrors = new SelfServiceErrors(client);
    this.recovery = new Recovery(client);
    this.system = new System(client);
  }

  /** What a user does, by the public API and with the user's own session. */
  asUser(credential: SessionCredential): KratosUser {
    return new KratosUser(this.#client, credential);
  }

  /**
   * The same Kratos with an interceptor of every request to it. Cheap enough to create one for each caller's request.
   * @param caller who the requests are made for. If they wait for a connection, groups of callers take turns, and the callers of a
   * group do. Default: one that has no name
   */
  withInterceptor(interceptor: Interceptor, caller?: QueueCaller): Kratos {
    return new Kratos(this.#client.withInterceptor(interceptor, caller));
  }

  /** Uses other certificates and headers from now on. Running requests are completed with the previous ones. */
  replaceCredentials(credentials: KratosCredentials): void {
    this.#client.replaceCredentials(credentials);
  }

  /** Requests that are running and that are queued. */
  get load(): KratosLoad {
    return this.#client.load;
  }
}
