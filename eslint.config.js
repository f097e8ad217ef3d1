import graphql from "@graphql-eslint/eslint-plugin";
import tseslint from "typescript-eslint";

/** The rooms, and which others each may import from. Everything points one way: server → graphql → kratos. */
const ARROWS = {
  "src/kratos": [],
  "src/graphql": ["kratos"],
  "src/server": ["graphql", "kratos"],
  "src/fake-kratos": [],
};
const ROOMS = ["kratos", "graphql", "server", "fake-kratos"];

const arrows = Object.entries(ARROWS).map(([room, allowed]) => {
  const forbidden = ROOMS.filter((other) => room !== `src/${other}` && !allowed.includes(other));
  return {
    files: [`${room}/**/*.ts`],
    rules: {
      "@typescript-eslint/no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              regex: `^(\\.\\./)+(${forbidden.join("|")}|main|index|config|commands)(/|\\.js$)`,
              message: `${room} imports from ${allowed.join(" and ") || "no other room"} alone (see eslint.config.js).`,
            },
            ...(room === "src/graphql" || room === "src/server"
              ? [{ regex: "/kratos/(?!index\\.js$)", message: "Import the adapter by kratos/index.js." }]
              : []),
            ...(room === "src/kratos" || room === "src/graphql"
              ? [{ regex: "^@ory/", allowTypeImports: true, message: "Ory's packages give types alone." }]
              : []),
            ...(room === "src/kratos" ? [{ regex: "^(graphql|type-graphql|@apollo)", message: "The adapter knows nothing of GraphQL." }] : []),
          ],
        },
      ],
    },
  };
});

/** What schema.graphql takes from federation and so does not define. */
const FEDERATION = `
  directive @link(url: String!, import: [String!]) repeatable on SCHEMA
  directive @key(fields: String!) repeatable on OBJECT
  directive @shareable on OBJECT
`;

export default tseslint.config(
  { ignores: ["**/dist/", "**/generated/", "coverage/", "**/*.cjs"] },
  {
    files: ["**/*.ts", "**/*.tsx", "**/*.js"],
    extends: tseslint.configs.recommended,
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_", ignoreRestSiblings: true }],
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      eqeqeq: "error",
    },
  },
  {
    files: ["src/{kratos,graphql,server,fake-kratos}/**/*.ts"],
    rules: {
      "no-restricted-syntax": ["error", { selector: "ImportExpression[source.value=/\\.\\.\\//]", message: "Import at the top, where the arrows are checked." }],
    },
  },
  // Answers of any shape are looked into in the tests and the soak.
  { files: ["test/**/*.ts", "soak/**/*.ts"], rules: { "@typescript-eslint/no-explicit-any": "off" } },
  ...arrows,
  {
    files: ["schema.graphql"],
    languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema: ["schema.graphql", FEDERATION] } } },
    plugins: { "@graphql-eslint": graphql },
    rules: {
      ...graphql.configs["flat/schema-recommended"].rules,
      // What has no life of its own in Kratos has no id there either: answers, pages, errors, the parts of a form. Addresses
      // have one that Kratos does not always give, and a text's is a number that says which sentence it is.
      "@graphql-eslint/strict-id-in-types": [
        "error",
        {
          exceptions: {
            suffixes: ["Payload", "Connection", "Edge", "Error", "Attributes", "Address"],
            types: ["Health", "PageInfo", "RecoveryLink", "UiContainer", "UiNode", "UiNodeMeta", "UiText"],
          },
        },
      ],
    },
  },
);
