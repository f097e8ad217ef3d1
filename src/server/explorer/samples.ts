/** One tab of the explorer: a document with an operation for each of some root fields. */
export interface Sample {
  readonly name: string;
  readonly document: string;
  /** Values to send the operations with; those of ids say in words where to find one. */
  readonly variables: object;
}

export const identities: Sample = {
  name: "Identities",
  document: `# Send an operation by the button above it. Everything else that there is to ask for stands under "Docs".

# A page of identities. For the next one, give its endCursor as $after.
query Identities($after: String) {
  identities(first: 5, after: $after) {
    edges {
      node { id schemaId state traits createdAt }
    }
    pageInfo { hasNextPage endCursor }
  }
}

# One identity: put an id from the page above into the variables, at the bottom.
query Identity($id: ID!) {
  identity(id: $id) {
    id
    state
    traits
    verifiableAddresses { value via verified status }
    recoveryAddresses { value via }
    metadataPublic
    createdAt
    updatedAt
  }
}

# What the traits of an identity have to look like.
query IdentitySchema {
  identitySchema(id: "default") { id schema }
}
`,
  variables: { id: "an identity's id", after: null },
};

export const changes: Sample = {
  name: "Changes",
  document: `# What is wrong with the input comes back as userErrors, each with its path. Nothing was changed then.

mutation CreateIdentity($create: CreateIdentityInput!) {
  createIdentity(input: $create) {
    identity { id traits createdAt }
    userErrors { code message path }
  }
}

# The traits replace the present ones.
mutation UpdateIdentity($update: UpdateIdentityInput!) {
  updateIdentity(input: $update) {
    identity { id traits updatedAt }
    userErrors { code message path }
  }
}

# Whoever has the link is that user: hand it to them alone.
mutation CreateRecoveryLink($link: CreateRecoveryLinkInput!) {
  createRecoveryLink(input: $link) {
    recoveryLink { url expiresAt }
    userErrors { code message path }
  }
}

# This cannot be undone.
mutation DeleteIdentity($delete: DeleteIdentityInput!) {
  deleteIdentity(input: $delete) {
    deletedIdentityId
    userErrors { code message path }
  }
}
`,
  variables: {
    create: { schemaId: "default", traits: { email: "ann@example.com", name: { first: "Ann", last: "Example" } } },
    update: { id: "an identity's id", traits: { email: "ann@example.com", name: { first: "Anne", last: "Example" } } },
    link: { identityId: "an identity's id", expiresIn: "1h" },
    delete: { id: "an identity's id" },
  },
};

export const flows: Sample = {
  name: "Flows",
  document: `# A flow's id is the "flow" in the address of the page that shows it. Newer Kratos gives a browser's flow to that
# browser alone, by its cookies.

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

# Newer Kratos gives it to its own user alone, by their session token.
query SettingsFlow($id: ID!, $sessionToken: String) {
  settingsFlow(id: $id, sessionToken: $sessionToken) { ...Flow identity { id } }
}

# The error that a user was sent to the error page with.
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
  variables: { id: "a flow's id", sessionToken: null },
};

export const system: Sample = {
  name: "System",
  document: `query Version {
  version
}

query Health {
  health { alive ready errors { name message } }
}

# Kratos' own metrics, in Prometheus' text format.
query Metrics {
  metrics
}
`,
  variables: {},
};

export const supergraph: Sample = {
  name: "Supergraph",
  document: `# What a Federation router asks. Other graphs refer to an identity by its id.
query Entities($representations: [_Any!]!) {
  _entities(representations: $representations) {
    __typename
    ... on Identity { id traits }
    ... on IdentitySchema { id schema }
  }
}

# The schema that the router composes.
query Service {
  _service { sdl }
}
`,
  variables: {
    representations: [
      { __typename: "Identity", id: "an identity's id" },
      { __typename: "IdentitySchema", id: "default" },
    ],
  },
};

/** The explorer's tabs; together they have an operation for each root field of the graph. */
export const SAMPLES: readonly Sample[] = [identities, changes, flows, system, supergraph];
