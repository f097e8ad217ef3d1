import { KratosPublicUrlRequiredError } from "./errors/public-url-required-error.js";
import { KratosRedirectedError } from "./errors/redirected-error.js";
import { KratosUnavailableError } from "./errors/unavailable-error.js";
import { KratosHttp, type KratosAnswer, type KratosHttpOptions, type KratosRequest } from "./http.js";
import { ReleaseFinder, type Release } from "./release.js";

export interface UpstreamOptions extends KratosHttpOptions {
  /** The version to believe in place of asking Kratos, as `v1.3.1`. */
  readonly version?: string;
}

/** One Kratos: where it is, which release it is, and which port and path that release serves a thing on. */
export class Upstream {
  readonly http: KratosHttp;
  readonly #releases: ReleaseFinder;

  constructor(options: UpstreamOptions) {
    this.http = new KratosHttp(options);
    this.#releases = new ReleaseFinder(this.http, options.version);
  }

  /**
   * Runs one operation with what the running release has.
   * A release that cannot be reached, or redirects, may be another one when it answers next.
   */
  async run<T>(operation: string, work: (release: Release) => Promise<T>): Promise<T> {
    try {
      return await work(await this.#releases.find(operation));
    } catch (error) {
      if (error instanceof KratosUnavailableError || error instanceof KratosRedirectedError) this.#releases.forget();
      throw error;
    }
  }

  /** Sends a request for what belongs to the admin API, under the path that this release has it at. */
  sendToAdmin({ features }: Release, request: KratosRequest): Promise<KratosAnswer> {
    return this.http.send({ ...request, path: (features.adminPrefix ? "/admin" : "") + request.path });
  }

  /** Sends a request for what moved from the admin port to the public one. */
  async sendToPublic({ version, features }: Release, request: KratosRequest): Promise<KratosAnswer> {
    if (!features.publicPort) return this.http.send(request);
    if (!this.http.hasPublicUrl) throw new KratosPublicUrlRequiredError(request.operation, version);
    return this.http.send({ ...request, port: "public" });
  }
}
