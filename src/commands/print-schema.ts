import { buildFacadeSchema } from "../graphql/schema.js";

/** Prints the subgraph's SDL for a schema registry. */
export function printSchema(): void {
  process.stdout.write(buildFacadeSchema().sdl);
}
