import { dataOf, expectIdentity } from "./expect.js";
import { snakeCase } from "./names.js";
import { get, graphql, text } from "./request.js";
import { SUBJECTS, subjectAt } from "./subjects.js";

const FIELDS = `
  id schemaId schemaUrl state stateChangedAt traits metadataPublic metadataAdmin createdAt updatedAt
  verifiableAddresses { id value verified via status verifiedAt createdAt updatedAt }
  recoveryAddresses { id value via createdAt updatedAt }
`;
const KEYS = [
  ...["id", "schemaId", "schemaUrl", "state", "stateChangedAt", "traits", "metadataPublic", "metadataAdmin"],
  ...["createdAt", "updatedAt", "verifiableAddresses", "recoveryAddresses"],
];

const CAMEL = text(`query Identity($id: ID!) { identity(id: $id) { ${FIELDS} } }`);
const SNAKE = snakeCase(CAMEL);
const asked = (query) => SUBJECTS.map(({ id }) => graphql(query, { id }));

export const identity = {
  name: "identity",
  title: "identity(id), all fields and addresses",
  requests: {
    bare: () => SUBJECTS.map(({ id }) => get(`/identities/${id}`)),
    "kratos-graphql": () => asked(CAMEL),
    apollo: () => asked(CAMEL),
    mesh: () => asked(SNAKE.replace("$id: ID!", "$id: String!")),
    tailcall: () => asked(SNAKE),
  },
  check: (server, answer, index) =>
    expectIdentity(server === "bare" ? answer : dataOf(answer).identity, subjectAt(index), KEYS),
};
