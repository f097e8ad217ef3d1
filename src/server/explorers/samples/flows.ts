import type { Sample } from "./sample.js";

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
