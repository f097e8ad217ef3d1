/** The reference for the time to start: Apollo Server standalone with the smallest type-graphql schema. */
import "reflect-metadata";
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import { buildSchema, Query, Resolver } from "type-graphql";

class HelloResolver {
  hello() {
    return "hello";
  }
}
Query(() => String)(HelloResolver.prototype, "hello", Object.getOwnPropertyDescriptor(HelloResolver.prototype, "hello"));
Resolver()(HelloResolver);

const server = new ApolloServer({ schema: await buildSchema({ resolvers: [HelloResolver] }) });
await startStandaloneServer(server, { listen: { port: Number(process.env.PORT), host: "127.0.0.1" } });
