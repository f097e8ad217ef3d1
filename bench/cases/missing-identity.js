import { get, graphql, text } from "./request.js";

const IDS = Array.from({ length: 500 }, (_, index) => `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`);
const QUERY = text("query Missing($id: ID!) { identity(id: $id) { id state traits } }");
const asked = (query) => IDS.map((id) => graphql(query, { id }));

/** Null alone is the best answer; generated graphs have an error beside it, which does as well. */
export const missingIdentity = {
  name: "missing-identity",
  title: "identity(id), an unknown one",
  requests: {
    bare: () => IDS.map((id) => get(`/identities/${id}`)),
    "kratos-graphql": () => asked(QUERY),
    apollo: () => asked(QUERY),
    mesh: () => asked(QUERY.replace("$id: ID!", "$id: String!")),
    tailcall: () => asked(QUERY),
  },
  check(server, answer) {
    const right = server === "bare" ? answer.error?.code === 404 : answer.data === null || answer.data?.identity === null;
    if (!right) throw new Error(`expected no identity, got ${JSON.stringify(answer).slice(0, 300)}`);
  },
};
