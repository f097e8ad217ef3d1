import type { CodegenConfig } from "@graphql-codegen/cli";
import { scalars } from "../../src/codegen";

/**
 * Types and typed documents for the operations of this app. In an app of your own, the scalars and the schema come from the
 * package: `kratos-graphql/codegen` and `node_modules/kratos-graphql/schema.api.graphql`.
 */
const config: CodegenConfig = {
  overwrite: true,
  schema: "../../schema.api.graphql",
  documents: "src/**/*.graphql",
  generates: {
    "src/generated/graphql.ts": {
      plugins: ["typescript", "typescript-operations", "typed-document-node"],
      config: { enumsAsTypes: true, avoidOptionals: { field: true }, onlyOperationTypes: true, useTypeImports: true, scalars },
    },
  },
};

export default config;
