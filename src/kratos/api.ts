import type { KyInstance } from "ky";
import type { CallOptions, KratosClient } from "./client.js";
import { KratosUnsupportedError, KratosVersionMismatchError } from "./errors.js";
import { FIRST_VERSION, type Feature } from "./features.js";
import type { KratosVersion } from "./version.js";

/** Makes the requests of one operation to the ports and paths of the connected version of Kratos. */
export class KratosApi {
  constructor(
    private readonly client: KratosClient,
    readonly version: KratosVersion,
  ) {}

  /**
   * Ensures that this version has a feature. An old Kratos ignores parameters that it does not know, and would list everybody.
   * @param what what it is that requires the feature, if it is a part of the operation only
   * @param path path of the part of a mutation's input that requires it
   * @throws {KratosUnsupportedError} if it does not
   */
  require(operation: string, feature: Feature, what?: string, path?: readonly string[]): void {
    if (!this.version.features[feature]) throw new KratosUnsupportedError(operation, this.version.name, FIRST_VERSION[feature], what, path);
  }

  /** Ensures that this version has what a field of a mutation's input requires. */
  requireFor(operation: string, feature: Feature, ...path: readonly string[]): void {
    this.require(operation, feature, `\`${path.join(".")}\``, path);
  }

  /** Makes a request to the admin API, which is under `/admin` since v0.9. */
  admin<T>(operation: string, request: (api: KyInstance) => Promise<T>, options?: CallOptions): Promise<T> {
    return this.client.call(operation, this.version.features.adminPrefix ? "admin" : "root", request, options);
  }

  /** Makes a request for what moved from the admin port to the public one. */
  async public<T>(operation: string, request: (api: KyInstance) => Promise<T>, options?: CallOptions): Promise<T> {
    return this.version.features.publicPort ? this.publicOnly(operation, request, options) : this.client.call(operation, "root", request, options);
  }

  /** Makes a request for what every version serves on the public port. */
  async publicOnly<T>(operation: string, request: (api: KyInstance) => Promise<T>, options?: CallOptions): Promise<T> {
    try {
      return await this.client.call(operation, "public", request, options);
    } catch (error) {
      throw (error instanceof KratosVersionMismatchError && (await this.client.findWrongPort("public"))) || error;
    }
  }

  /** Asks Kratos whether it still is of this version. */
  isCurrent(operation: string): Promise<boolean> {
    return this.client.isCurrent(operation, this.version);
  }
}
