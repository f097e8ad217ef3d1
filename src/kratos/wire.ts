import type {
  FlowError,
  GenericError,
  Identity as NewestIdentity,
  LoginFlow,
  RecoveryFlow,
  RecoveryLinkForIdentity,
  RegistrationFlow,
  SettingsFlow,
  UiContainer,
  UiNode,
  UiText,
  VerifiableIdentityAddress,
  RecoveryIdentityAddress,
  VerificationFlow,
} from "@ory/kratos-client";
import type { LoginFlow as OldLoginFlow, SelfServiceErrorContainer } from "@ory/kratos-client-v0.6";

/**
 * What Kratos sends, as Ory's own packages describe it: the newest release's shape is the common one,
 * and what only the oldest has is added to it. Values are passed on as they came.
 */
export type WireIdentity = NewestIdentity;
export type WireVerifiableAddress = VerifiableIdentityAddress;
export type WireRecoveryAddress = RecoveryIdentityAddress;
export type WireRecoveryLink = RecoveryLinkForIdentity;
export type WireUiContainer = UiContainer;
export type WireUiNode = UiNode;
export type WireUiText = UiText;
export type WireErrorBody = GenericError;

/** Before v0.7 a login flow said `forced` where it now says `refresh`. */
export type WireLoginFlow = LoginFlow & Pick<OldLoginFlow, "forced">;
export type WireRegistrationFlow = RegistrationFlow;
export type WireRecoveryFlow = RecoveryFlow;
export type WireVerificationFlow = VerificationFlow;
export type WireSettingsFlow = SettingsFlow;

/** The flow that each kind of flow answers with. */
export interface WireFlows {
  login: WireLoginFlow;
  registration: WireRegistrationFlow;
  recovery: WireRecoveryFlow;
  verification: WireVerificationFlow;
  settings: WireSettingsFlow;
}

/** Before v0.7 the container held a list, `errors`; since then it holds one `error`. */
export type WireSelfServiceError = Omit<FlowError, "error"> &
  Partial<Pick<SelfServiceErrorContainer, "errors">> & { error?: object };
