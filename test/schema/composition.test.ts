import { composeServices } from "@theguild/federation-composition";
import { parse } from "graphql";
import { buildFacadeSchema } from "../../src/graphql/schema.js";
import { ORDERS } from "../support/supergraph.js";

const { sdl } = buildFacadeSchema();

/** Composes a subgraph with that of the order service. */
function compose(ours: string, orders = ORDERS) {
  const services = [
    { name: "identities", typeDefs: parse(ours), url: "http://identities.internal/graphql" },
    { name: "orders", typeDefs: parse(orders), url: "http://orders.internal/graphql" },
  ];
  const { publicSdl, errors } = composeServices(services);
  return { publicSdl, errors: errors?.map(({ extensions }) => extensions["code"]) };
}

it("composes with a subgraph whose orders refer to identities", () => {
  const { publicSdl, errors } = compose(sdl);
  expect(errors).toBeUndefined();
  expect(publicSdl).toContain("buyer: Identity");
  expect(publicSdl).toContain("An account in Kratos. It belongs to a user, a device or a service.");
});

it("does not compose without the key of Identity", () => {
  expect(compose(sdl.replace('type Identity @key(fields: "id")', "type Identity")).errors).toContain("INVALID_FIELD_SHARING");
});

it("shares PageInfo, without which no other subgraph could have connections, and nothing else", () => {
  expect(compose(sdl.replace("type PageInfo @shareable", "type PageInfo")).errors).toContain("INVALID_FIELD_SHARING");
  expect(sdl.match(/\w+ @shareable/g)).toEqual(["PageInfo @shareable"]);
});

it.each([
  ["a type", "type UserError { code: String! message: String! path: [String!] }"],
  ["a query", "extend type Query { version: String }"],
])("does not compose with %s of another subgraph that has one of our names", (_, other) => {
  expect(compose(sdl, ORDERS + other).errors).toContain("INVALID_FIELD_SHARING");
});
