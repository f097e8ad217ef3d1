import { ApolloLink } from "@apollo/client";
import { print } from "@apollo/client/utilities";
import { getOperationAST, type DocumentNode, type OperationTypeNode } from "graphql";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { of } from "rxjs";
import { client } from "./src/client";
import * as generated from "./src/generated/graphql";

/*
 * Writes the manifest of the operations in src/generated, for `SAFELIST_FILE` of the server. The server compares texts, so each
 * operation passes through the app's own client, which adds `__typename` for example.
 */
const operations = [];
for (const document of Object.values<DocumentNode>(generated)) {
  const operation = getOperationAST(document);
  if (!operation) continue;
  const body = await getSentText(document, operation.operation);
  operations.push({ id: createHash("sha256").update(body).digest("hex"), name: operation.name?.value, type: operation.operation, body });
}
writeFileSync("persisted-query-manifest.json", `${JSON.stringify({ format: "apollo-persisted-query-manifest", version: 1, operations }, null, 2)}\n`);

async function getSentText(document: DocumentNode, type: OperationTypeNode): Promise<string> {
  let text = "";
  client.setLink(
    new ApolloLink(({ query }) => {
      text = print(query);
      return of({ data: {} });
    }),
  );
  await (type === "mutation" ? client.mutate({ mutation: document }) : client.query({ query: document, fetchPolicy: "no-cache" }));
  return text;
}
