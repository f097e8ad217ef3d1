/*
 * What Kratos sends, as far as the adapter reads it: the shape of the newest version, extended by what only the oldest has.
 * Values are passed on as they are, so they may contain more. Ory's own packages, against which test/types/wire.ts checks
 * these types, are development dependencies only: users of this package do not have them.
 */

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether a text is a UUID, in either case: the ID of an identity, a flow or a request. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** An account of a user, device or service. */
export interface WireIdentity {
  readonly id: string;
  /** ID of the account in another system; since v25.4. */
  readonly external_id?: string;
  /** Since v1.3.8. */
  readonly organization_id?: string | null;
  readonly schema_id: string;
  readonly schema_url: string;
  /** As the identity's schema defines them. */
  readonly traits: unknown;
  /** `active` or `inactive`; since v0.7. */
  readonly state?: string;
  readonly state_changed_at?: string;
  readonly verifiable_addresses?: readonly WireVerifiableAddress[];
  readonly recovery_addresses?: readonly WireRecoveryAddress[];
  /** By type, e.g. `password`; since v0.7, if an identity is read by itself or with `include_credential`. */
  readonly credentials?: Readonly<Record<string, WireCredential>>;
  /** Since v0.10. */
  readonly metadata_public?: unknown;
  /** Since v0.10. */
  readonly metadata_admin?: unknown;
  readonly created_at?: string;
  readonly updated_at?: string;
}

/** A credential of an identity, without its secrets. */
export interface WireCredential {
  /** What the user enters, e.g. an email address; or `provider:subject`, an account at a provider. */
  readonly identifiers?: readonly string[];
  readonly version?: number;
  /** Not sent by Kratos: whether the credential can be used. Undefined if Kratos lists it either way and does not say. */
  readonly isSetUp?: boolean;
  readonly created_at?: string;
  readonly updated_at?: string;
}

/** An address that an identity can verify. */
export interface WireVerifiableAddress {
  readonly id?: string;
  readonly value: string;
  readonly verified: boolean;
  readonly via: string;
  readonly status: string;
  readonly verified_at?: string;
  readonly created_at?: string;
  readonly updated_at?: string;
}

/** An address that an identity can recover its account with. */
export interface WireRecoveryAddress {
  readonly id?: string;
  readonly value: string;
  readonly via: string;
  readonly created_at?: string;
  readonly updated_at?: string;
}

/** A sign-in of an identity on one or more devices. */
export interface WireSession {
  readonly id: string;
  readonly active?: boolean;
  readonly authenticated_at?: string;
  readonly issued_at?: string;
  readonly expires_at?: string;
  readonly authenticator_assurance_level?: string;
  readonly authentication_methods?: readonly WireAuthenticationMethod[];
  /** Absent unless requested. */
  readonly devices?: readonly WireSessionDevice[];
  /** Absent unless requested. Even then, it has no `metadata_admin` and, in lists, no addresses. */
  readonly identity?: WireIdentity;
}

/** How a user has proven who they are. */
export interface WireAuthenticationMethod {
  readonly method?: string;
  readonly aal?: string;
  readonly completed_at?: string;
  readonly provider?: string;
  readonly organization?: string;
}

/** A device on which a session was used. */
export interface WireSessionDevice {
  readonly id: string;
  readonly ip_address?: string;
  readonly user_agent?: string;
  readonly location?: string;
}

/** A message that the courier sends, or has sent. */
export interface WireMessage {
  readonly id: string;
  readonly status: string;
  readonly type: string;
  readonly recipient: string;
  /** A constant text unless Kratos runs in development mode; `subject`, too, in later versions. */
  readonly body: string;
  readonly subject: string;
  readonly template_type: string;
  readonly channel?: string;
  readonly send_count: number;
  /** Only in a message that is read by its ID. */
  readonly dispatches?: readonly WireMessageDispatch[];
  readonly created_at: string;
  readonly updated_at: string;
}

/** An attempt to deliver a message. */
export interface WireMessageDispatch {
  readonly id: string;
  readonly status: string;
  /** Of any form. */
  readonly error?: object;
  readonly created_at: string;
  readonly updated_at: string;
}

/** A link that lets a user back into their account. */
export interface WireRecoveryLink {
  readonly recovery_link: string;
  readonly expires_at?: string;
}

/** A code that lets a user back into their account, and a link to the page where it is entered; since v0.11. */
export interface WireRecoveryCode extends WireRecoveryLink {
  readonly recovery_code: string;
}

/** The form of a flow. */
export interface WireUiContainer {
  readonly action: string;
  readonly method: string;
  readonly nodes: readonly WireUiNode[];
  readonly messages?: readonly WireUiText[];
}

/** One element of a form. */
export interface WireUiNode {
  readonly type: string;
  readonly group: string;
  /** Depends on the node's type. */
  readonly attributes: object;
  readonly messages: readonly WireUiText[];
  readonly meta: { readonly label?: WireUiText };
}

/** A message for the user. */
export interface WireUiText {
  readonly id: number;
  readonly text: string;
  readonly type: string;
  readonly context?: object;
}

/** Kratos' description of an error. */
export interface WireErrorBody {
  readonly id?: string;
  readonly code?: number;
  readonly status?: string;
  readonly message?: string;
  readonly reason?: string;
  /** ID of the request in Kratos' log. */
  readonly request?: string;
  readonly details?: object;
}

/** What all kinds of flows have in common. */
export interface WireFlow {
  readonly id: string;
  readonly type: string;
  readonly issued_at?: string;
  readonly expires_at?: string;
  readonly request_url?: string;
  readonly active?: string;
  /** In login and registration flows since v1.1, in all other kinds in every version. */
  readonly state?: unknown;
  readonly return_to?: string;
  readonly ui: WireUiContainer;
}

/** A sign-in. */
export interface WireLoginFlow extends WireFlow {
  readonly refresh?: boolean;
  /** Name of `refresh` before v0.7. */
  readonly forced?: boolean;
  readonly requested_aal?: string;
  readonly created_at?: string;
  readonly updated_at?: string;
}

/** A change that users make to their own account. */
export interface WireSettingsFlow extends WireFlow {
  readonly identity: WireIdentity;
}

/** The response for each kind of flow. */
export interface WireFlows {
  login: WireLoginFlow;
  registration: WireFlow;
  recovery: WireFlow;
  verification: WireFlow;
  settings: WireSettingsFlow;
}

/** An error kept for the error page. Before v0.7 it has a list of `errors`, since then a single `error`. */
export interface WireSelfServiceError {
  readonly id: string;
  readonly error?: object;
  readonly errors?: readonly object[];
  readonly created_at?: string;
  readonly updated_at?: string;
}
