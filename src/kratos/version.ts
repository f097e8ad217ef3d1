import type { KyInstance } from "ky";
import { compare, valid } from "semver";
import { KratosUnsupportedError, KratosVersionMismatchError } from "./errors.js";
import { FIRST_VERSION, getFeatures, OLDEST_VERSION, type Features } from "./features.js";
import { expectJson, isString, objectWith } from "./response.js";
import { TEMPORARY_STATUSES } from "./retry.js";

/** The connected version of Kratos. */
export interface KratosVersion {
  /** As Kratos writes it, e.g. `v1.3.1`. */
  readonly name: string;
  readonly features: Features;
  /** False if the version is older than {@link OLDEST_VERSION}. */
  readonly isSupported: boolean;
}

/** Makes one request to the root of a port. */
export type PortCall = <T>(operation: string, request: (api: KyInstance) => Promise<T>) => Promise<T>;

/**
 * Detects which version of Kratos is connected. It is remembered until something indicates that Kratos was replaced: asking
 * again from time to time would delay the request that happens to come then.
 */
export class VersionDetector {
  #detected?: Promise<KratosVersion>;

  /** @param configured version to assume instead of asking Kratos, e.g. `v1.3.1` */
  constructor(readonly configured?: string) {}

  /**
   * @param ask asks Kratos for its version
   * @throws {KratosUnsupportedError} if the version is older than the oldest supported one
   * @throws {KratosError} if Kratos cannot be asked
   */
  async detect(operation: string, ask: () => Promise<string>, call: PortCall): Promise<KratosVersion> {
    const version = await this.#recall(ask, call);
    if (!version.isSupported) throw new KratosUnsupportedError(operation, version.name, OLDEST_VERSION);
    return version;
  }

  /** Compares the remembered version with one that Kratos has just reported, and forgets it if they differ. */
  async observe(name: string): Promise<void> {
    const detected = this.#detected;
    const version = await detected?.catch(() => undefined);
    if (version && version.name !== name && this.#detected === detected) this.forget();
  }

  /** Has the next request ask Kratos again. */
  forget(): void {
    this.#detected = undefined;
  }

  #recall(ask: () => Promise<string>, call: PortCall): Promise<KratosVersion> {
    if (this.#detected) return this.#detected;
    const detected = this.#detect(ask, call);
    this.#detected = detected;
    detected.catch(() => {
      if (this.#detected === detected) this.forget();
    });
    return detected;
  }

  async #detect(ask: () => Promise<string>, call: PortCall): Promise<KratosVersion> {
    const name = this.configured ?? (await ask());
    const parsed = parseVersion(name);
    const isSupported = parsed === undefined || compare(parsed, OLDEST_VERSION) >= 0;
    return { name, features: getFeatures(parsed ?? (await probe(call))), isSupported };
  }
}

interface WireVersion {
  readonly version: string;
}

const hasVersion = objectWith<WireVersion>({ version: isString });

/** Asks the admin port for the name of Kratos' version, e.g. `v1.3.1`. */
export async function askVersion(call: PortCall): Promise<string> {
  return followAdminRedirect("version", (path) =>
    call("getVersion", async (root) => expectJson<WireVersion>(await root.get(path).json(), hasVersion).version),
  );
}

/** @returns the version for comparing, or undefined if it is not of the form `v1.3.1`: a build from source says `master` */
export function parseVersion(name: string): string | undefined {
  return valid(name) ?? undefined;
}

/**
 * Detects the features of a build from source by trying them.
 * @returns the oldest version that responds in the same way
 */
async function probe(call: PortCall): Promise<string> {
  // A temporary failure says nothing about the version.
  const throwHttpErrors = (status: number) => TEMPORARY_STATUSES.includes(status);
  const headers = { accept: "*/*" };
  const list = await call("listIdentities", (root) => root.get("admin/identities", { searchParams: { page_size: 1 }, headers, throwHttpErrors }));
  if (list.status === 200) {
    if (!list.headers.get("link")?.includes("page_token=")) return FIRST_VERSION.adminPrefix;
    // An unknown external ID is an error in JSON, and a path that this version does not have is one in plain text.
    const unknown = await call("getIdentityByExternalID", (root) => root.get("admin/identities/by/external/x", { headers, throwHttpErrors }));
    return [200, 404].includes(unknown.status) && unknown.headers.get("content-type")?.includes("json") ? FIRST_VERSION.externalId : FIRST_VERSION.keysetPages;
  }
  const error = await call("getSelfServiceError", (root) => root.get("self-service/errors", { searchParams: { error: "stub:500" }, headers, throwHttpErrors }));
  return error.status === 200 ? OLDEST_VERSION : FIRST_VERSION.publicPort;
}

/**
 * Requests the version, health or metrics, which the oldest and the newest versions serve at the same path. v0.9 to v25.4
 * redirect from there to the same path under `/admin`.
 * @param request makes the request for a path
 */
export async function followAdminRedirect<T>(path: string, request: (path: string) => Promise<T>): Promise<T> {
  try {
    return await request(path);
  } catch (error) {
    const redirected = `admin/${path}`;
    if (error instanceof KratosVersionMismatchError && error.location.endsWith(`/${redirected}`)) return request(redirected);
    throw error;
  }
}
