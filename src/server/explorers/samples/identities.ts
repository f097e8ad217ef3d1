import type { Sample } from "./sample.js";

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
