/*
 * What Kratos sends, as src/kratos/wire.ts says it, against what Ory's own packages say of it: the newest and the oldest.
 * There is nothing to run; `npm run typecheck` fails where a property is theirs no longer, or is of another type there.
 */
import type * as newest from "@ory/kratos-client";
import type * as oldest from "@ory/kratos-client-v0.6";
import type * as ours from "../../src/kratos/types.js";

/** What only the oldest has, added to what the newest says. */
type With<Newest, Oldest> = Newest & Omit<Oldest, keyof Newest>;

/** `true` where Theirs can be read as Ours, and Ours makes up no property. */
type Says<Theirs, Ours> = [Exclude<keyof Ours, keyof Theirs>] extends [never] ? (Theirs extends Ours ? true : Theirs) : Exclude<keyof Ours, keyof Theirs>;

/** The compiler's word that each is `true`. */
export type Checked = Every<{
  identity: Says<newest.Identity, ours.WireIdentity>;
  identityThen: Says<oldest.Identity, Pick<ours.WireIdentity, keyof oldest.Identity>>;
  verifiableAddress: Says<newest.VerifiableIdentityAddress, ours.WireVerifiableAddress>;
  verifiableAddressThen: Says<oldest.VerifiableIdentityAddress, ours.WireVerifiableAddress>;
  recoveryAddress: Says<newest.RecoveryIdentityAddress, ours.WireRecoveryAddress>;
  recoveryLink: Says<newest.RecoveryLinkForIdentity, ours.WireRecoveryLink>;
  form: Says<newest.UiContainer, ours.WireUiContainer>;
  node: Says<newest.UiNode, ours.WireUiNode>;
  nodeMeta: Says<newest.UiNodeMeta, ours.WireUiNode["meta"]>;
  nodeThen: Says<oldest.UiNode, ours.WireUiNode>;
  text: Says<newest.UiText, ours.WireUiText>;
  textThen: Says<oldest.UiText, ours.WireUiText>;
  errorBody: Says<newest.GenericError, ours.WireErrorBody>;
  errorBodyThen: Says<oldest.GenericError, Omit<ours.WireErrorBody, "id">>;
  login: Says<With<newest.LoginFlow, oldest.LoginFlow>, ours.WireLoginFlow>;
  registration: Says<newest.RegistrationFlow, ours.WireFlow>;
  recovery: Says<newest.RecoveryFlow, ours.WireFlow>;
  verification: Says<newest.VerificationFlow, ours.WireFlow>;
  settings: Says<newest.SettingsFlow, ours.WireSettingsFlow>;
  selfServiceError: Says<With<newest.FlowError, oldest.SelfServiceErrorContainer>, ours.WireSelfServiceError>;
}>;

type Every<Checks extends Record<string, true>> = Checks;
