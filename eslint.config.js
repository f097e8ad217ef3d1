import graphql from "@graphql-eslint/eslint-plugin";
import tseslint from "typescript-eslint";

/** The folders of src, and the other folders that each may import from. Imports go one way: server → graphql → kratos. */
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
              message: `${room} may import from ${allowed.join(" and ") || "no other folder"} only (see eslint.config.js).`,
            },
            ...(room === "src/graphql" || room === "src/server"
              ? [{ regex: "/kratos/(?!index\\.js$)", message: "Import the adapter from kratos/index.js." }]
              : []),
            ...(room === "src/kratos" || room === "src/graphql"
              ? [{ regex: "^@ory/", allowTypeImports: true, message: "Import only types from Ory's packages: they are development dependencies." }]
              : []),
            ...(room === "src/kratos" ? [{ regex: "^(graphql|type-graphql|@apollo)", message: "The adapter must not depend on GraphQL." }] : []),
          ],
        },
      ],
    },
  };
});

/** Federation directives that schema.graphql uses but does not define. */
const FEDERATION = `
  directive @link(url: String!, import: [String!]) repeatable on SCHEMA
  directive @key(fields: String!) repeatable on OBJECT
  directive @shareable on OBJECT
  directive @authenticated on FIELD_DEFINITION
  directive @requiresScopes(scopes: [[String!]!]!) on FIELD_DEFINITION
  directive @cost(weight: Int!) on FIELD_DEFINITION
  directive @listSize(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!], requireOneSlicingArgument: Boolean) on FIELD_DEFINITION
  directive @tag(name: String!) repeatable on FIELD_DEFINITION | INPUT_FIELD_DEFINITION
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
      "no-restricted-syntax": ["error", { selector: "ImportExpression[source.value=/\\.\\.\\//]", message: "Use a static import at the top: the direction of dynamic imports is not checked." }],
    },
  },
  // The tests and the soak test inspect responses of any shape.
  { files: ["test/**/*.ts", "soak/**/*.ts"], rules: { "@typescript-eslint/no-explicit-any": "off" } },
  ...arrows,
  {
    files: ["schema.graphql"],
    languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema: ["schema.graphql", FEDERATION] } } },
    plugins: { "@graphql-eslint": graphql },
    rules: {
      ...graphql.configs["flat/schema-recommended"].rules,
      // Payloads, pages, errors and the parts of a form have no ID in Kratos. Addresses have one only on newer versions, and the
      // ID of a text is the number of its wording.
      "@graphql-eslint/strict-id-in-types": [
        "error",
        {
          exceptions: {
            suffixes: ["Payload", "Connection", "Edge", "Error", "Attributes", "Address"],
            types: ["AuthenticationMethod", "Health", "IdentityCredential", "IdentityCredentialProvider", "ImportIdentityResult", "PageInfo", "RecoveryCode", "RecoveryLink", "UiContainer", "UiNode", "UiNodeMeta", "UiText", "Viewer"],
          },
        },
      ],
    },
  },
);
