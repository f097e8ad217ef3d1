import { dataOf, expectIdentities } from "./expect.js";
import { snakeCase } from "./names.js";
import { get, graphql, text } from "./request.js";
import { SUBJECTS } from "./subjects.js";

const COUNT = 10;
const KEYS = ["id", "schemaId", "state", "traits", "createdAt", "updatedAt"];
const NUMBERS = [...Array(COUNT).keys()];

const CAMEL = text(`
  query Ten(${NUMBERS.map((number) => `$id${number}: ID!`).join(", ")}) {
    ${NUMBERS.map((number) => `i${number}: identity(id: $id${number}) { ${KEYS.join(" ")} }`).join(" ")}
  }
`);
const SNAKE = snakeCase(CAMEL);

/** Ten subjects in a row, from each tenth on. */
const TENS = Array.from({ length: SUBJECTS.length / COUNT }, (_, ten) => SUBJECTS.slice(ten * COUNT, (ten + 1) * COUNT));
const asked = (query) =>
  TENS.map((ten) => graphql(query, Object.fromEntries(ten.map(({ id }, number) => [`id${number}`, id]))));

export const tenIdentities = {
  name: "ten-identities",
  title: "ten aliased look-ups",
  requests: {
    bare: () => TENS.map((ten) => get(`/identities?${ten.map(({ id }) => `ids=${id}`).join("&")}`)),
    "kratos-graphql": () => asked(CAMEL),
    apollo: () => asked(CAMEL),
    mesh: () => asked(SNAKE.replaceAll(": ID!", ": String!")),
    tailcall: () => asked(SNAKE),
  },
  check(server, answer, index) {
    const found = server === "bare" ? answer : NUMBERS.map((number) => dataOf(answer)[`i${number}`]);
    expectIdentities(found, TENS[index % TENS.length], KEYS);
  },
};
