import { compare } from "semver";
import { readObject } from "./answer.js";
import { KratosUnsupportedError } from "./errors.js";
import { type Features, featuresOf, FIRST_VERSION, OLDEST_KRATOS, parseVersion } from "./features.js";
import type { KratosAnswer, KratosRequest, KratosSender } from "./sender.js";

/** A running Kratos: the version as it gives it itself, and what that version has. */
export interface Release {
  readonly version: string;
  readonly features: Features;
  /** Whether it is older than the oldest that is spoken to. */
  readonly tooOld: boolean;
}

/** How long a found release is believed. Kratos can be replaced without a request failing on the way. */
const FRESH_MS = 2_000;

/** Knows which Kratos is running: asks it, remembers for a while, and asks again once told to forget. */
export class ReleaseFinder {
  #found?: { readonly release: Promise<Release>; readonly at: number };

  /** @param override the version to believe in place of asking, as `v1.3.1` */
  constructor(private readonly override?: string) {}

  /**
   * @param http what Kratos is asked by, where it has to be
   * @throws {KratosUnsupportedError} where that Kratos is older than the oldest supported
   * @throws {KratosError} where Kratos cannot be asked
   */
  async find(operation: string, http: KratosSender): Promise<Release> {
    const release = await this.#remembered(http);
    if (release.tooOld) {
      throw new KratosUnsupportedError(operation, release.version, OLDEST_KRATOS);
    }
    return release;
  }

  /** Takes note of the version that Kratos gave somebody else. */
  async note(version: string): Promise<void> {
    const found = this.#found;
    const release = await found?.release.catch(() => undefined);
    if (release && release.version !== version && this.#found === found) this.forget();
  }

  forget(): void {
    this.#found = undefined;
  }

  #remembered(http: KratosSender): Promise<Release> {
    if (!this.#found || Date.now() - this.#found.at > FRESH_MS) {
      const found = { release: this.#detect(http), at: Date.now() };
      this.#found = found;
      found.release.catch(() => {
        if (this.#found === found) this.forget();
      });
    }
    return this.#found.release;
  }

  async #detect(http: KratosSender): Promise<Release> {
    const version = this.override ?? (await askVersion(http));
    const parsed = parseVersion(version);
    const tooOld = parsed !== undefined && compare(parsed, OLDEST_KRATOS) < 0;
    return { version, features: featuresOf(parsed ?? (await this.#probe(http))), tooOld };
  }

  /** A Kratos built from source gives `master` as its version, so what it has is tried: the answer is the oldest release alike. */
  async #probe(http: KratosSender) {
    const list = await http.send({ operation: "listIdentities", path: "/admin/identities", query: { page_size: "1" } });
    const version = async () => {
      if (list.status === 200) return list.link.includes("page_token=") ? FIRST_VERSION.keysetPages : FIRST_VERSION.adminPrefix;
      const stub = await http.send({
        operation: "getSelfServiceError",
        path: "/self-service/errors",
        query: { error: "stub:500" },
      });
      return stub.status === 200 ? OLDEST_KRATOS : FIRST_VERSION.publicPort;
    };
    return parseVersion(await version())!;
  }
}

/** @returns Kratos' own version, as it writes it */
export async function askVersion(http: KratosSender): Promise<string> {
  const operation = "getVersion";
  const answer = await sendForSystem(http, { operation, path: "/version" });
  return readObject<{ version: string }>(operation, answer, ["version"]).version;
}

/**
 * Asks for the version, health or metrics. They are at one path in the oldest and the newest releases;
 * v0.9 to v25.4 redirect from there to the same path under `/admin`.
 */
export async function sendForSystem(http: KratosSender, request: KratosRequest): Promise<KratosAnswer> {
  const answer = await http.send(request);
  const path = `/admin${request.path}`;
  return answer.status === 307 && answer.location.endsWith(path) ? http.send({ ...request, path }) : answer;
}
