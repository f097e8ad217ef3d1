import type { GoStruct } from "../go/go-struct.js";
import type { UuidFault } from "../go/go-uuid.js";
import type { KratosError } from "../http/kratos-error.js";
import type { RouterHabits } from "../http/router.js";
import type { Constraint } from "../identities/identity-store.js";
import type { FlowEra } from "../self-service/flow-era.js";

/** The releases of Kratos that there is an embedded one of. */
export type FakeKratosVersion = "v0.6.3-alpha.1" | "v26.2.0";

/** Everything that tells one release of Kratos from another, other than which routes it has. */
export interface Era extends FlowEra {
  version: FakeKratosVersion;
  router: RouterHabits;
  metricsContentType: string;
  /** Whether identities have a state, metadata, an external id and visible credentials. */
  richIdentities: boolean;
  /** The last segment of an identity's schema_url. */
  schemaUrlName(schemaId: string): string;
  /** How an e-mail address of the traits becomes an address of the identity. */
  addressValue(email: string): string;
  /** What a body without traits means: an empty object, or this fault. */
  withoutTraits: Record<string, never> | KratosError;
  createBody: GoStruct;
  updateBody: GoStruct;
  recoveryLinkBody: GoStruct;
  uuidFault(text: string, fault: UuidFault): string;
  conflict(during: "create" | "update", constraint: Constraint): KratosError;
  /** Asking for the recovery link of an identity that does not exist. */
  noIdentityToRecover(): KratosError;
  /** Whether a recovery link is refused to an identity without recovery addresses. */
  recoveryNeedsAddress: boolean;
  /** The shortest life of a recovery link, in nanoseconds. */
  leastLifespan: bigint;
}
