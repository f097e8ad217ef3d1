/*
 * What Kratos sends, as far as it is used here: the newest release's shape is the common one, and what only the oldest has is
 * added to it. Values are passed on as they came, so there may be more in them. Ory's own packages, against which
 * test/types/wire.ts holds these types, are for development alone: who installs this package does not have them.
 */

/** One account. */
export interface WireIdentity {
  readonly id: string;
  readonly schema_id: string;
  readonly schema_url: string;
  /** By the identity's schema. */
  readonly traits: unknown;
  /** `active` or `inactive`; since v0.7. */
  readonly state?: string;
  readonly state_changed_at?: string;
  readonly verifiable_addresses?: readonly WireVerifiableAddress[];
  readonly recovery_addresses?: readonly WireRecoveryAddress[];
  /** Since v0.10. */
  readonly metadata_public?: unknown;
  /** Since v0.10. */
  readonly metadata_admin?: unknown;
  readonly created_at?: string;
  readonly updated_at?: string;
}

/** An address that an identity can prove to be its own. */
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

/** An address through which an identity gets back into its account. */
export interface WireRecoveryAddress {
  readonly id?: string;
  readonly value: string;
  readonly via: string;
  readonly created_at?: string;
  readonly updated_at?: string;
}

/** A link that lets a user back into their account. */
export interface WireRecoveryLink {
  readonly recovery_link: string;
  readonly expires_at?: string;
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
  /** By the node's type. */
  readonly attributes: object;
  readonly messages: readonly WireUiText[];
  readonly meta: { readonly label?: WireUiText };
}

/** A text for the user. */
export interface WireUiText {
  readonly id: number;
  readonly text: string;
  readonly type: string;
  readonly context?: object;
}

/** What Kratos says of an error. */
export interface WireErrorBody {
  readonly id?: string;
  readonly code?: number;
  readonly status?: string;
  readonly message: string;
  readonly reason?: string;
  /** Id that Kratos logs the request under. */
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
  /** Since v0.7 in some kinds of flows, since v1.1 in all. */
  readonly state?: unknown;
  readonly return_to?: string;
  readonly ui: WireUiContainer;
}

/** A sign-in. */
export interface WireLoginFlow extends WireFlow {
  readonly refresh?: boolean;
  /** What `refresh` was called before v0.7. */
  readonly forced?: boolean;
  readonly requested_aal?: string;
  readonly created_at?: string;
  readonly updated_at?: string;
}

/** A change that a user makes to their own account. */
export interface WireSettingsFlow extends WireFlow {
  readonly identity: WireIdentity;
}

/** The flow that each kind of flow answers with. */
export interface WireFlows {
  login: WireLoginFlow;
  registration: WireFlow;
  recovery: WireFlow;
  verification: WireFlow;
  settings: WireSettingsFlow;
}

/** An error kept for the error page. Before v0.7 the container held a list, `errors`; since then it holds one `error`. */
export interface WireSelfServiceError {
  readonly id: string;
  readonly error?: object;
  readonly errors?: readonly object[];
  readonly created_at?: string;
  readonly updated_at?: string;
}
