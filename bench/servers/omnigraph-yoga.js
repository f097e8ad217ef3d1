/** GraphQL Mesh at its lightest: the schema that omnigraph generates from the OpenAPI document, served by GraphQL Yoga. */
import { createServer } from "node:http";
import { join } from "node:path";
import { loadGraphQLSchemaFromOpenAPI } from "@omnigraph/openapi";
import { createYoga } from "graphql-yoga";

const schema = await loadGraphQLSchemaFromOpenAPI("kratos", {
  source: join(import.meta.dirname, "openapi.json"),
  endpoint: process.env.KRATOS_ADMIN_URL,
});
createServer(createYoga({ schema })).listen(Number(process.env.PORT), "127.0.0.1");
