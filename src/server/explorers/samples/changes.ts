import type { Sample } from "./sample.js";

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
