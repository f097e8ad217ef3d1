import { KratosVersionMismatchError, KratosOverloadedError, KratosPublicUrlRequiredError } from "./errors.js";
import { KratosHttp, type KratosHttpOptions } from "./http.js";
import type { KratosAnswer, KratosRequest, KratosSender } from "./sender.js";
import type { Interceptor } from "./interceptor.js";
import type { KratosLoad } from "./request-queue.js";
import { askVersion, ReleaseFinder, type Release } from "./version.js";

export interface UpstreamOptions extends KratosHttpOptions {
  /** The version to believe in place of asking Kratos, as `v1.3.1`. */
  readonly version?: string;
}

/** One Kratos: where it is, which release it is, and which port and path that release serves a thing on. */
export class Upstream implements KratosSender {
  readonly #http: KratosHttp;
  readonly #releases: ReleaseFinder;
  readonly #interceptor?: Interceptor;
  /** All that is asked waits for the version, so that goes before all. */
  readonly #ahead: KratosSender = { send: (request) => this.#exchange({ ...request, ahead: true }) };

  private constructor(http: KratosHttp, releases: ReleaseFinder, interceptor?: Interceptor) {
    this.#http = http;
    this.#releases = releases;
    this.#interceptor = interceptor;
  }

  static of(options: UpstreamOptions): Upstream {
    return new Upstream(new KratosHttp(options), new ReleaseFinder(options.version));
  }

  /** The same Kratos, its connections and what is known of it included, with every request going through an interceptor. */
  withInterceptor(interceptor: Interceptor): Upstream {
    return new Upstream(this.#http, this.#releases, interceptor);
  }

  get load(): KratosLoad {
    return this.#http.load;
  }

  /** The deadline of what begins now, where it is more than one request. */
  deadline(): number {
    return this.#http.deadline();
  }

  /** Runs one operation with what the running release has; once more where that turns out to be another release. */
  async run<T>(operation: string, work: (release: Release) => Promise<T>): Promise<T> {
    const release = await this.#releases.find(operation, this.#ahead);
    try {
      return await work(release);
    } catch (error) {
      if (!(error instanceof KratosVersionMismatchError) || (await this.isStill(operation, release))) throw error;
      return work(await this.#releases.find(operation, this.#ahead));
    }
  }

  /** Whether a release is the running one, by what Kratos says now. */
  async isStill(operation: string, { version }: Release): Promise<boolean> {
    this.#releases.forget();
    return (await this.#releases.find(operation, this.#ahead)).version === version;
  }

  /** Sends a request for what belongs to the admin API, under the path that this release has it at. */
  sendToAdmin({ features }: Release, request: KratosRequest): Promise<KratosAnswer> {
    return this.send({ ...request, path: (features.adminPrefix ? "/admin" : "") + request.path });
  }

  /** Sends a request for what moved from the admin port to the public one. */
  async sendToPublic({ version, features }: Release, request: KratosRequest): Promise<KratosAnswer> {
    if (!features.publicPort) return this.send(request);
    if (!this.#http.hasPublicUrl) throw new KratosPublicUrlRequiredError(request.operation, version);
    return this.send({ ...request, port: "public" });
  }

  /** @returns Kratos' own version, as it writes it */
  async askVersion(): Promise<string> {
    const version = await askVersion(this);
    await this.#releases.note(version);
    return version;
  }

  /** Sends a request as it is. A Kratos that is away may be another release when it is back. */
  async send(request: KratosRequest): Promise<KratosAnswer> {
    try {
      const answer = await this.#exchange(request);
      if (answer.status >= 502) this.#releases.forget();
      return answer;
    } catch (error) {
      if (!(error instanceof KratosOverloadedError)) this.#releases.forget();
      throw error;
    }
  }

  #exchange(request: KratosRequest): Promise<KratosAnswer> {
    if (!this.#interceptor) return this.#http.send(request);
    return this.#interceptor(request.operation, (headers) => this.#http.send({ ...request, headers: { ...headers, ...request.headers } }));
  }
}
