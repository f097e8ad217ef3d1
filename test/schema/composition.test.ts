import { composeServices } from "@theguild/federation-composition";
import { parse } from "graphql";
import { buildFacadeSchema } from "../../src/graphql/schema.js";
import { ORDERS } from "../support/order-subgraph.js";

const { sdl } = buildFacadeSchema();

/** The graph that callers see of ours and the order service's, and what keeps the two from composing. */
function compose(ours: string, orders = ORDERS) {
  const services = [
    { name: "identities", typeDefs: parse(ours), url: "http://identities.internal/graphql" },
    { name: "orders", typeDefs: parse(orders), url: "http://orders.internal/graphql" },
  ];
  const { publicSdl, errors } = composeServices(services);
  return { publicSdl, errors: errors?.map(({ extensions }) => extensions["code"]) };
}

it("the subgraph composes with another whose orders have identities for buyers", () => {
  const { publicSdl, errors } = compose(sdl);
  expect(errors).toBeUndefined();
  expect(publicSdl).toContain("buyer: Identity");
  expect(publicSdl).toContain("A user, device or service that is managed by the Kratos server.");
});

it("Identity's key is what another subgraph joins by: without it the two do not compose", () => {
  expect(compose(sdl.replace('type Identity @key(fields: "id")', "type Identity")).errors).toContain("INVALID_FIELD_SHARING");
});

it("PageInfo is shareable, or no other subgraph could have connections, and nothing else is", () => {
  expect(compose(sdl.replace("type PageInfo @shareable", "type PageInfo")).errors).toContain("INVALID_FIELD_SHARING");
  expect(sdl.match(/\w+ @shareable/g)).toEqual(["PageInfo @shareable"]);
});

it.each([
  ["a type", "type UserError { code: String! message: String! path: [String!] }"],
  ["a query", "extend type Query { version: String }"],
])("%s of another subgraph that means something else by one of our names is found out", (_, other) => {
  expect(compose(sdl, ORDERS + other).errors).toContain("INVALID_FIELD_SHARING");
});
