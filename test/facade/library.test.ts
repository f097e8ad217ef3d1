import * as adapter from "../../src/kratos/index.js";
import * as library from "../../src/index.js";

it("the library is the facade, its schema and context, keys, the adapter with every error of it, and nothing else", () => {
  const errors = Object.keys(adapter).filter((name) => name.endsWith("Error"));
  expect(errors).toContain("KratosUnavailableError");
  const rest = ["Kratos", "TraitsMask", "buildFacadeSchema", "createApiKey", "createContext", "createFacade", "parseApiKeys"];
  expect(Object.keys(library).sort()).toEqual([...errors, ...rest].sort());
});
