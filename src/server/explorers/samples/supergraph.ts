import type { Sample } from "./sample.js";

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
