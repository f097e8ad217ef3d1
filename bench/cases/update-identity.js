import { dataOf, expectIdentity } from "./expect.js";
import { graphql, send, text } from "./request.js";
import { SUBJECTS, subjectAt } from "./subjects.js";

const KEYS = ["id", "traits", "updatedAt"];

const PAYLOAD = text(`
  mutation Update($input: UpdateIdentityInput!) {
    updateIdentity(input: $input) { identity { id traits updatedAt } userErrors { code message path } }
  }
`);
const PLAIN = text(`
  mutation Update($id: ID!, $traits: JSONObject!) { updateIdentity(id: $id, traits: $traits) { id traits updatedAt } }
`);
const MESH = text(`
  mutation Update($id: String!, $input: [JsonPatch_Input]!) { updateIdentity(id: $id, input: $input) { id traits updated_at } }
`);
const TAILCALL = text(`
  mutation Update($id: ID!, $patch: [JsonPatch!]!) { updateIdentity(id: $id, patch: $patch) { id traits updated_at } }
`);

const patchOf = (traits) => [{ op: "replace", path: "/traits", value: traits }];

function identityOf(server, answer) {
  if (server === "bare") return answer;
  const { updateIdentity } = dataOf(answer);
  return server === "kratos-graphql" ? updateIdentity.identity : updateIdentity;
}

export const updateIdentity = {
  name: "update-identity",
  title: "updateIdentity, a mutation",
  requests: {
    bare: () => SUBJECTS.map(({ id, traits }) => send("PATCH", `/identities/${id}`, patchOf(traits))),
    "kratos-graphql": () => SUBJECTS.map(({ id, traits }) => graphql(PAYLOAD, { input: { id, traits } })),
    apollo: () => SUBJECTS.map(({ id, traits }) => graphql(PLAIN, { id, traits })),
    mesh: () => SUBJECTS.map(({ id, traits }) => graphql(MESH, { id, input: patchOf(traits) })),
    tailcall: () => SUBJECTS.map(({ id, traits }) => graphql(TAILCALL, { id, patch: patchOf(traits) })),
  },
  check: (server, answer, index) => expectIdentity(identityOf(server, answer), subjectAt(index), KEYS),
};
