import "reflect-metadata";

export { createFacade, type Facade, type FacadeOptions } from "./server/facade.js";
export { createApiKey, parseApiKeys, type ApiKey } from "./server/auth/api-key.js";
export type { AuthenticationOptions } from "./server/auth/authenticate.js";
export type { SessionOptions } from "./server/auth/session.js";
export type { SubjectOptions } from "./server/auth/subject.js";
export type { JwtOptions } from "./server/auth/jwt.js";
export { SchemaHashError, type TypedTraitsOptions } from "./server/graph.js";
export type { Limits } from "./server/limits/limits.js";
export type { RateLimitOptions } from "./server/limits/rate-limit.js";
export type { PolicyOptions } from "./server/policy.js";
export type { Logger } from "./server/logger.js";

export { buildFacadeSchema, type FacadeSchema, type FacadeSchemaOptions } from "./graphql/schema.js";
export { createContext, type Audit, type AuditEntry, type ContextOptions, type FacadeContext } from "./graphql/context.js";
export type { Caller } from "./graphql/scopes.js";
export type { Scope } from "./graphql/scopes.js";
export { TraitsSchemaError, type Pointer, type TraitsProblem } from "./graphql/traits/document.js";
export type { TraitsNote } from "./graphql/traits/shape.js";
export type { TraitsGraph, TraitsOptions, TraitsSchema, TypedTraits } from "./graphql/traits/traits.js";
export { TraitsMask } from "./graphql/traits-mask.js";

export {
  Kratos,
  KratosConflictError,
  KratosCredentialNotFoundError,
  KratosDisabledError,
  KratosError,
  KratosFilterIgnoredError,
  KratosFlowExpiredError,
  KratosForbiddenError,
  KratosInvalidError,
  KratosMalformedIdentityError,
  KratosModifiedError,
  KratosNotFoundError,
  KratosOverloadedError,
  KratosPositionError,
  KratosPublicUrlRequiredError,
  KratosSessionInvalidError,
  KratosSignInRequiredError,
  KratosUnavailableError,
  KratosUnexpectedResponseError,
  KratosUnreadableResponseError,
  KratosUnsupportedError,
  KratosVersionMismatchError,
  KratosWrongPortError,
  type ChangeOutcome,
  type Features,
  type FlowCredentials,
  type FlowKind,
  type FlowReplacement,
  type IdentityChange,
  type IdentityPage,
  type Interceptor,
  type KratosCredentials,
  type KratosLoad,
  type KratosOptions,
  type KratosTls,
  type KratosUser,
  type KratosVersion,
  type PagePosition,
  type KratosStatus,
  type SelfServiceErrorRecord,
  type SessionCredential,
  type SignedInUser,
  type SignInRequirement,
  type ValidationIssue,
} from "./kratos/index.js";
export type * from "./kratos/types.js";
