import "reflect-metadata";

export { createContext, type FacadeContext } from "./graphql/context.js";
export { buildFacadeSchema, type FacadeSchema } from "./graphql/schema.js";
export * from "./kratos/index.js";
export { createFacade, type Facade, type FacadeOptions } from "./server/facade.js";
