import { startCli, graphqlUrlOf } from "../support/child-process.js";
import { codesOf, postJson } from "../support/http.js";
import { stopAfterTest } from "../support/lifecycle.js";
import { startScriptedKratos } from "../support/scripted-kratos.js";

const PAGE = 250;

/** A Kratos whose pages have 250 identities with traits of `length` characters. */
function startLargeKratos(length: number) {
  const text = JSON.stringify(
    Array.from({ length: PAGE }, (_, at) => ({
      id: `${(0x10000000 + at).toString(16)}-0000-4000-8000-000000000000`,
      schema_id: "default",
      schema_url: "http://kratos/schemas/default",
      traits: { email: `user-${at}@example.com`, text: "x".repeat(length) },
    })),
  );
  const page = { text, headers: { "content-type": "application/json" } };
  return stopAfterTest(startScriptedKratos("v26.2.0", (_, path) => (path.startsWith("/admin/identities") ? page : undefined)));
}

it("many large pages at a time are served only as far as there is memory for them, and the server survives", async () => {
  const kratos = await startLargeKratos(20_000);
  const program = await startCli({ KRATOS_ADMIN_URL: kratos.adminUrl, NODE_OPTIONS: "--max-old-space-size=80", KRATOS_TIMEOUT_MS: "30000" });
  const url = new URL(await graphqlUrlOf(program)).origin;
  const query = `{ identities(first: ${PAGE}) { edges { node { traits } } } }`;
  const responses = await Promise.all(Array.from({ length: 40 }, () => postJson(url, { query })));
  const served = responses.filter(({ body }) => body.data.identities?.edges.length === PAGE);
  const refused = responses.filter(({ body }) => body.data.identities === null);
  expect(served.length).toBeGreaterThan(0);
  expect(refused.length).toBe(responses.length - served.length);
  expect(new Set(refused.flatMap(codesOf))).toEqual(new Set(["OVERLOADED"]));
  expect(refused[0]!.body.errors[0].message).toBe("There is not enough memory for the response of Kratos to listIdentities. Try again later, or request fewer objects.");
  const { body } = await postJson(url, { query });
  expect(body.data.identities.edges).toHaveLength(PAGE);
}, 60_000);
