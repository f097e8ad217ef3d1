import { assertCompositionSuccess, composeServices } from "@theguild/federation-composition";
import { parse } from "graphql";
import { readFileSync } from "node:fs";

/** Prints the supergraph of docker-compose.yml's profile `gateway`: this subgraph, and the example's orders. */
const services = [
  { name: "identities", url: "http://kratos-graphql:4000/graphql", file: "schema.graphql" },
  { name: "orders", url: "http://orders:4001/", file: "deploy/gateway/orders.graphql" },
];
const result = composeServices(services.map(({ name, url, file }) => ({ name, url, typeDefs: parse(readFileSync(file, "utf8")) })));
assertCompositionSuccess(result);
process.stdout.write(`# Written by npm run supergraph from schema.graphql and deploy/gateway/orders.graphql.\n${result.supergraphSdl}\n`);
