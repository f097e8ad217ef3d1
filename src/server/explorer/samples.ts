import { type BuiltSchema, createTraitsSample, type TraitsSample } from "./traits-sample.js";

/** One tab of an explorer. */
export interface Sample {
  /** A GraphQL document with one operation for each of some root fields. */
  readonly document: string;
  /** Variables of all operations. Placeholders of IDs describe what to insert. */
  readonly variables: object;
}

/** What to insert into the samples. */
export interface SampleOptions {
  /** ID of an identity. Default: a placeholder. */
  readonly identityId?: string;
  /** The schema, whose typed traits are shown, if it has any. */
  readonly built?: BuiltSchema;
}

/** The tabs of the explorers. Together they contain an operation for each root field of the schema. */
export function createSamples({ identityId = "ID of an identity", built }: SampleOptions = {}): readonly Sample[] {
  const traits = createTraitsSample(built);
  return [identities(identityId, traits), changes(identityId, traits), sessions(identityId), viewer, messages, flows, system, supergraph(identityId)];
}

const identities = (id: string, traits: TraitsSample): Sample => ({
  document: `# To send an operation, place the cursor in it, and press Ctrl-Enter.
#
# If callers must authenticate, enter these headers, and fetch the
# schema again: { "Authorization": "Bearer <API key or JWT>" }

# List identities. For the next page, set $after to the endCursor. To
# search, set $filter to e.g. { "identifierPrefix": "s" }. It has exactly
# one field: identifier, identifierPrefix, ids or organizationId.
query Identities($after: String, $filter: IdentityFilter) {
  identities(first: 5, after: $after, filter: $filter) {
    edges {
      node { id schemaId state ${traits.selection} createdAt }
    }
    pageInfo { hasNextPage endCursor }
  }
}
${traits.fragment}
# Look up an identity by the ID in the variables. The list contains IDs.
query Identity($id: ID!) {
  identity(id: $id) {
    id
    state
    ${traits.selection}
    verifiableAddresses { value via verified status }
    recoveryAddresses { value via }
    credentials { type identifiers providers { provider subject } createdAt }
    metadataPublic
    createdAt
    updatedAt
  }
}

# Look up an identity by an identifier that its user signs in with: an
# email address, a username or a phone number. Requires Kratos v0.13 or later.
query IdentityByIdentifier($identifier: String!) {
  identityByIdentifier(identifier: $identifier) { id state ${traits.selection} }
}

# Look up an identity by its ID in another system. Requires Kratos v25.4
# or later.
query IdentityByExternalId($externalId: ID!) {
  identityByExternalId(externalId: $externalId) { id externalId state ${traits.selection} }
}

# The identity schemas in the configuration of Kratos.
query IdentitySchemas {
  identitySchemas { edges { node { id } } }
}

# The JSON Schema that the traits of an identity must match.
query IdentitySchema {
  identitySchema(id: "default") { id schema }
}
`,
  variables: {
    id,
    after: null,
    identifier: "soren.agard@example.dk",
    externalId: "crm-14",
    filter: null,
  },
});

const changes = (id: string, traits: TraitsSample): Sample => ({
  document: `# Errors such as invalid input are returned in userErrors, with the path
# of the input field. If there are any, nothing was changed.

mutation CreateIdentity($create: CreateIdentityInput!) {
  createIdentity(input: $create) {
    identity { id ${traits.selection} createdAt }
    userErrors { code message path }
  }
}
${traits.fragment}
# Each identity has a result. An invalid one does not affect the others.
mutation ImportIdentities($import: ImportIdentitiesInput!) {
  importIdentities(input: $import) {
    results {
      identityId
      userErrors { code message path }
    }
    userErrors { code message path }
  }
}

# The new traits replace all current ones.
mutation UpdateIdentity($update: UpdateIdentityInput!) {
  updateIdentity(input: $update) {
    identity { id ${traits.selection} updatedAt }
    userErrors { code message path }
  }
}

# Kratos does not delete the last first factor. For the type oidc, the
# identifier states which account at a provider to delete.
mutation DeleteIdentityCredential($credential: DeleteIdentityCredentialInput!) {
  deleteIdentityCredential(input: $credential) {
    identity { id credentials { type identifiers } }
    userErrors { code message path }
  }
}

# Omitted fields remain unchanged. A merge changes only the traits that it
# contains; null removes a trait.
mutation PatchIdentity($patch: PatchIdentityInput!) {
  patchIdentity(input: $patch) {
    identity { id state ${traits.selection} metadataPublic updatedAt }
    userErrors { code message path }
  }
}

# The address must be one of the verifiableAddresses of the identity.
mutation VerifyAddress($verify: VerifyAddressInput!) {
  verifyAddress(input: $verify) {
    identity { id verifiableAddresses { value verified verifiedAt } }
    userErrors { code message path }
  }
}

# Anyone who has the link can sign in as the user: give it only to them.
mutation CreateRecoveryLink($link: CreateRecoveryLinkInput!) {
  createRecoveryLink(input: $link) {
    recoveryLink { url expiresAt }
    userErrors { code message path }
  }
}

# Anyone who has the code and the URL can sign in as the user, too.
mutation CreateRecoveryCode($code: CreateRecoveryCodeInput!) {
  createRecoveryCode(input: $code) {
    recoveryCode { code url expiresAt }
    userErrors { code message path }
  }
}

# A deleted identity cannot be restored.
mutation DeleteIdentity($delete: DeleteIdentityInput!) {
  deleteIdentity(input: $delete) {
    deletedIdentityId
    userErrors { code message path }
  }
}
`,
  variables: {
    create: traits.create,
    import: { identities: [{ schemaId: "default", traits: { email: "bob@example.com" } }, { schemaId: "default", traits: { email: "eve" } }] },
    update: { id, ...traits.update },
    credential: { identityId: id, type: "oidc", identifier: "google:104159013" },
    patch: { id, ...traits.merge, metadataPublic: { plan: "gold" } },
    verify: { identityId: id, address: "anne@example.com" },
    link: { identityId: id, expiresIn: "1h" },
    code: { identityId: id, expiresIn: "15m" },
    delete: { id },
  },
});

const viewer: Sample = {
  document: `# What a signed-in user sees and changes, without an API key. Enter the
# user's session token as a header: { "X-Session-Token": "ory_st_…" }
# The built-in fake Kratos has a sample user, whose token is in the log
# of the server. A browser can send Kratos' session cookie instead.
query Viewer {
  viewer {
    identity { id traits verifiableAddresses { value verified } }
    session { expiresAt authenticatorAssuranceLevel devices { userAgent } }
    otherSessions(first: 5) {
      edges { node { id authenticatedAt devices { ipAddress userAgent } } }
      pageInfo { hasNextPage endCursor }
    }
  }
}

# Traits are merged into the current ones. Null removes a trait.
mutation UpdateViewerTraits($traits: JSONObject!) {
  updateViewerTraits(input: { traits: $traits }) {
    viewer { identity { id traits } }
    userErrors { code message path }
  }
}

# The user has to sign in again on every other device. To revoke a single
# session of their own, users send the mutation revokeSession.
mutation RevokeOtherSessions {
  revokeOtherSessions {
    count
    userErrors { code message path }
  }
}
`,
  variables: { traits: { name: { last: "Lovelace" } } },
};

const sessions = (id: string): Sample => ({
  document: `# All sessions, the latest first. Revoked and expired ones are listed
# too, unless $active is true.
query Sessions($after: String, $active: Boolean) {
  sessions(first: 5, after: $after, active: $active) {
    edges {
      node {
        id
        active
        authenticatedAt
        expiresAt
        authenticationMethods { method }
        devices { ipAddress userAgent }
        identity { id traits }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}

query Session($sessionId: ID!) {
  session(id: $sessionId) {
    id
    active
    authenticatorAssuranceLevel
    authenticationMethods { method aal completedAt }
    identity { id }
  }
}

mutation ExtendSession($sessionId: ID!) {
  extendSession(input: { id: $sessionId }) {
    session { id expiresAt }
    userErrors { code message path }
  }
}

# The user has to sign in again on that device.
mutation RevokeSession($sessionId: ID!) {
  revokeSession(input: { id: $sessionId }) {
    revokedSessionId
    userErrors { code message path }
  }
}

# The user has to sign in again on every device.
mutation RevokeIdentitySessions($identityId: ID!) {
  revokeIdentitySessions(input: { identityId: $identityId }) {
    identity { id }
    userErrors { code message path }
  }
}
`,
  variables: { identityId: id, sessionId: "ID of a session", after: null, active: null },
});

const messages: Sample = {
  document: `# Messages that Kratos sends to users, the latest first. The subject and
# the text can contain links and codes.
query CourierMessages($after: String, $status: CourierMessageStatus, $recipient: String) {
  courierMessages(first: 5, after: $after, status: $status, recipient: $recipient) {
    edges {
      node { id status recipient templateType sendCount createdAt }
    }
    pageInfo { hasNextPage endCursor }
  }
}

# A message with the attempts to send it.
query CourierMessage($messageId: ID!) {
  courierMessage(id: $messageId) {
    id
    status
    recipient
    templateType
    dispatches { status error createdAt }
  }
}
`,
  variables: { messageId: "ID of a message", after: null, status: null, recipient: null },
};

const flows: Sample = {
  document: `# The ID of a flow is the query parameter "flow" in the URL of the page
# that shows it. Kratos v0.7 and later return the flow of a browser only
# to that browser, which they recognize by its cookies.

query LoginFlow($id: ID!) {
  loginFlow(id: $id) { ...Flow refresh requestedAal }
}

query RegistrationFlow($id: ID!) {
  registrationFlow(id: $id) { ...Flow }
}

query RecoveryFlow($id: ID!) {
  recoveryFlow(id: $id) { ...Flow }
}

query VerificationFlow($id: ID!) {
  verificationFlow(id: $id) { ...Flow }
}

# Kratos v0.7 and later return a settings flow only to its user, and
# require the session token of the user.
query SettingsFlow($id: ID!, $sessionToken: String) {
  settingsFlow(id: $id, sessionToken: $sessionToken) { ...Flow identity { id } }
}

# Look up an error by the ID that Kratos passes to the error page.
# "stub:500" is an example.
query SelfServiceError {
  selfServiceError(id: "stub:500") { id errors { code status reason message } }
}

fragment Flow on SelfServiceFlow {
  id
  type
  state
  active
  expiresAt
  ui {
    action
    method
    messages { number type text }
    nodes {
      type
      group
      messages { number type text }
      attributes {
        ... on UiNodeInputAttributes { name type value required }
      }
    }
  }
}
`,
  variables: { id: "ID of a flow", sessionToken: null },
};

const system: Sample = {
  document: `query Version {
  version
}

query Health {
  health { alive ready errors { name message } }
}

# The metrics of Kratos in the Prometheus text format.
query Metrics {
  metrics
}
`,
  variables: {},
};

const supergraph = (id: string): Sample => ({
  document: `# Routers resolve references from other subgraphs with _entities.
query Entities($representations: [_Any!]!) {
  _entities(representations: $representations) {
    __typename
    ... on Identity { id traits }
    ... on IdentitySchema { id schema }
    ... on Session { id active }
  }
}

# The schema of this subgraph, for composition.
query Service {
  _service { sdl }
}
`,
  variables: {
    representations: [
      { __typename: "Identity", id },
      { __typename: "IdentitySchema", id: "default" },
    ],
  },
});
