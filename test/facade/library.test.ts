import * as adapter from "../../src/kratos/index.js";
import * as library from "../../src/index.js";

it("exports the facade, its schema and context, API keys, the adapter with all of its errors, and nothing else", () => {
  const errors = Object.keys(adapter).filter((name) => name.endsWith("Error"));
  expect(errors).toContain("KratosUnavailableError");
  const rest = ["Kratos", "SchemaHashError", "TraitsMask", "TraitsSchemaError", "buildFacadeSchema", "createApiKey", "createContext", "createFacade", "parseApiKeys"];
  expect(Object.keys(library).sort()).toEqual([...errors, ...rest].sort());
});
