/** An address of an identity that can be verified. */
export interface VerifiableAddress {
  id: string;
  value: string;
  verified: boolean;
  via: "email";
  status: "pending" | "sent" | "completed";
  verifiedAt?: string;
  createdAt: string;
  updatedAt: string;
}

/** An address that access can be recovered through. */
export interface RecoveryAddress {
  id: string;
  value: string;
  via: "email";
  createdAt: string;
  updatedAt: string;
}

/** The password credential, of which only the names matter here. */
export interface PasswordCredential {
  identifiers: string[];
  createdAt: string;
  updatedAt: string;
}

/** An identity as the emulation stores it; what each era shows of it is decided by `identity-json`. */
export interface Identity {
  id: string;
  schemaId: string;
  traits: unknown;
  state: string;
  stateChangedAt: string;
  externalId: string;
  metadataPublic: unknown;
  /** `undefined` when nobody ever set it. */
  metadataAdmin: unknown;
  verifiableAddresses: VerifiableAddress[];
  recoveryAddresses: RecoveryAddress[];
  password?: PasswordCredential;
  createdAt: string;
  updatedAt: string;
}
