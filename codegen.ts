import type { CodegenConfig } from "@graphql-codegen/cli";
import { scalars } from "./src/codegen.js";

/** Types and typed documents of the tests' operations, from the committed schema. */
const config: CodegenConfig = {
  overwrite: true,
  schema: "schema.api.graphql",
  documents: "test/documents/*.graphql",
  generates: {
    "test/generated/operations.ts": {
      plugins: ["typescript", "typescript-operations", "typed-document-node"],
      config: { enumsAsTypes: true, useTypeImports: true, scalars },
    },
  },
};

export default config;
