/*
 * Checks the wire types in src/kratos/types.ts against the types in Ory's newest and oldest packages.
 * There is nothing to run: `npm run typecheck` fails if a property does not exist in them, or has another type.
 */
import type * as newest from "@ory/kratos-client";
import type * as oldest from "@ory/kratos-client-v0.6";
import type * as ours from "../../src/kratos/types.js";

/** The newest type, with the properties that only the oldest has. */
type With<Newest, Oldest> = Newest & Omit<Oldest, keyof Newest>;

/** `true` if Theirs is assignable to Ours, and Ours has no property that Theirs lacks. */
type Check<Theirs, Ours> = [Exclude<keyof Ours, keyof Theirs>] extends [never] ? (Theirs extends Ours ? true : Theirs) : Exclude<keyof Ours, keyof Theirs>;

/** Does not compile unless each is `true`. */
export type Checked = Every<{
  identity: Check<newest.Identity, ours.WireIdentity>;
  identityThen: Check<oldest.Identity, Pick<ours.WireIdentity, keyof oldest.Identity>>;
  verifiableAddress: Check<newest.VerifiableIdentityAddress, ours.WireVerifiableAddress>;
  verifiableAddressThen: Check<oldest.VerifiableIdentityAddress, ours.WireVerifiableAddress>;
  recoveryAddress: Check<newest.RecoveryIdentityAddress, ours.WireRecoveryAddress>;
  session: Check<newest.Session, ours.WireSession>;
  authenticationMethod: Check<newest.SessionAuthenticationMethod, ours.WireAuthenticationMethod>;
  sessionDevice: Check<newest.SessionDevice, ours.WireSessionDevice>;
  message: Check<newest.Message, ours.WireMessage>;
  messageDispatch: Check<newest.MessageDispatch, ours.WireMessageDispatch>;
  recoveryLink: Check<newest.RecoveryLinkForIdentity, ours.WireRecoveryLink>;
  recoveryCode: Check<newest.RecoveryCodeForIdentity, ours.WireRecoveryCode>;
  form: Check<newest.UiContainer, ours.WireUiContainer>;
  node: Check<newest.UiNode, ours.WireUiNode>;
  nodeMeta: Check<newest.UiNodeMeta, ours.WireUiNode["meta"]>;
  nodeThen: Check<oldest.UiNode, ours.WireUiNode>;
  text: Check<newest.UiText, ours.WireUiText>;
  textThen: Check<oldest.UiText, ours.WireUiText>;
  errorBody: Check<newest.GenericError, ours.WireErrorBody>;
  errorBodyThen: Check<oldest.GenericError, Omit<ours.WireErrorBody, "id">>;
  login: Check<With<newest.LoginFlow, oldest.LoginFlow>, ours.WireLoginFlow>;
  registration: Check<newest.RegistrationFlow, ours.WireFlow>;
  recovery: Check<newest.RecoveryFlow, ours.WireFlow>;
  verification: Check<newest.VerificationFlow, ours.WireFlow>;
  settings: Check<newest.SettingsFlow, ours.WireSettingsFlow>;
  selfServiceError: Check<With<newest.FlowError, oldest.SelfServiceErrorContainer>, ours.WireSelfServiceError>;
}>;

type Every<Checks extends Record<string, true>> = Checks;
