/** What a team writes in an afternoon: Apollo Server as in its documentation, one fetch per look-up, no loaders. */
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import { GraphQLJSONObject } from "graphql-scalars";

const IDENTITIES = `${process.env.KRATOS_ADMIN_URL}/admin/identities`;

const typeDefs = `#graphql
  scalar JSONObject

  type VerifiableAddress {
    id: ID!
    value: String!
    verified: Boolean!
    via: String!
    status: String!
    verifiedAt: String
    createdAt: String!
    updatedAt: String!
  }

  type RecoveryAddress {
    id: ID!
    value: String!
    via: String!
    createdAt: String!
    updatedAt: String!
  }

  type Identity {
    id: ID!
    schemaId: String!
    schemaUrl: String!
    state: String!
    stateChangedAt: String!
    traits: JSONObject!
    verifiableAddresses: [VerifiableAddress!]!
    recoveryAddresses: [RecoveryAddress!]!
    metadataPublic: JSONObject
    metadataAdmin: JSONObject
    createdAt: String!
    updatedAt: String!
  }

  type Order {
    id: ID!
    buyer: Identity
  }

  type Query {
    identity(id: ID!): Identity
    identities(first: Int, after: ID): [Identity!]!
    orders(buyerIds: [ID!]!): [Order!]!
  }

  type Mutation {
    updateIdentity(id: ID!, traits: JSONObject!): Identity
  }
`;

async function call(url, options) {
  const response = await fetch(url, options);
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(`Kratos answered ${response.status}.`);
  return response.json();
}

const getIdentity = (id) => call(`${IDENTITIES}/${encodeURIComponent(id)}`);

function listIdentities(first = 50, after = "") {
  return call(`${IDENTITIES}?${new URLSearchParams({ page_size: first, ...(after && { page_token: after }) })}`);
}

function updateIdentity(id, traits) {
  return call(`${IDENTITIES}/${encodeURIComponent(id)}`, {
    method: "PATCH",
    headers: { "content-type": "application/json" },
    body: JSON.stringify([{ op: "replace", path: "/traits", value: traits }]),
  });
}

/** The names of Kratos are in snake case, those of the graph are not. */
function renamed(names) {
  const resolverOf = (wireName) => (wire) => wire[wireName];
  return Object.fromEntries(names.map((name) => [name, resolverOf(toSnakeCase(name))]));
}

function toSnakeCase(name) {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

const resolvers = {
  JSONObject: GraphQLJSONObject,
  Query: {
    identity: (_, { id }) => getIdentity(id),
    identities: (_, { first, after }) => listIdentities(first, after),
    orders: (_, { buyerIds }) => buyerIds.map((buyerId, index) => ({ id: index + 1, buyerId })),
  },
  Mutation: { updateIdentity: (_, { id, traits }) => updateIdentity(id, traits) },
  Order: { buyer: ({ buyerId }) => getIdentity(buyerId) },
  Identity: {
    ...renamed(["schemaId", "schemaUrl", "stateChangedAt", "metadataPublic", "metadataAdmin", "createdAt", "updatedAt"]),
    verifiableAddresses: (wire) => wire.verifiable_addresses ?? [],
    recoveryAddresses: (wire) => wire.recovery_addresses ?? [],
  },
  VerifiableAddress: renamed(["verifiedAt", "createdAt", "updatedAt"]),
  RecoveryAddress: renamed(["createdAt", "updatedAt"]),
};

const server = new ApolloServer({ typeDefs, resolvers });
await startStandaloneServer(server, { listen: { port: Number(process.env.PORT), host: "127.0.0.1" } });
