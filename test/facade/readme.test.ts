import { readFileSync } from "node:fs";
import { SAMPLE_SCHEMAS, SAMPLE_SESSION_TOKEN, startFakeKratos } from "../../src/fake-kratos/index.js";
import { stopAfterTest } from "../support/lifecycle.js";
import { dataOf, startFacade, useFacade } from "../support/use-facade.js";

/** As the server is started in the README, without any configuration. */
const options = {
  authentication: { apiKeys: [], sessions: { optional: true } },
  traits: { schemas: SAMPLE_SCHEMAS, trustsSchema: false },
} as const;

const { facade } = useFacade(startFakeKratos, options);

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const ALL = `{
  identities(first: 250) {
    edges {
      cursor
      node {
        id schemaId traits state stateChangedAt createdAt updatedAt metadataPublic metadataAdmin
        verifiableAddresses { id value verified status verifiedAt createdAt updatedAt }
        recoveryAddresses { id value createdAt updatedAt }
      }
    }
  }
}`;

it("serves the same sample identities at every start, with the same IDs and dates", async () => {
  const { identities } = dataOf(await facade.send(ALL));
  const another = await startFacade(await stopAfterTest(startFakeKratos()));
  expect(identities.edges).toHaveLength(30);
  expect(dataOf(await another.send(ALL)).identities).toEqual(identities);
});

/** The operations in a page that are followed by their responses. */
function readExamples(page: string) {
  const blocks = [...readFileSync(page, "utf8").matchAll(/^```(\w+)\n(.*?)^```/gms)].map(([, language, text]) => ({ language, text: text! }));
  return blocks.flatMap(({ language, text }, index) => (language === "json" ? [{ operation: blocks[index - 1]!, answer: JSON.parse(text) }] : []));
}

it.each([
  ["README.md", {}],
  ["docs/sessions.md", { "x-session-token": SAMPLE_SESSION_TOKEN }],
])("answers the operations in %s, sent in their order, as documented", async (page, headers: Record<string, string>) => {
  const another = await startFacade(await stopAfterTest(startFakeKratos()), options);
  const examples = readExamples(page);
  expect(examples.length).toBeGreaterThanOrEqual(3);
  for (const { operation, answer } of examples) {
    expect(operation.language).toMatch(/graphql|sh/);
    const query = operation.language === "sh" ? JSON.parse(/'(.+)'/s.exec(operation.text)![1]!).query : operation.text;
    const [, token] = /"X-Session-Token: (\w+)"/.exec(operation.text) ?? [];
    const { data, errors } = await another.send(query, {}, token ? { "x-session-token": token } : headers);
    // The ID of a new identity is random.
    const created = data?.["createIdentity"]?.identity;
    if (created) {
      expect(created.id).toMatch(UUID);
      created.id = answer.data.createIdentity.identity.id;
    }
    expect({ data, errors }).toEqual({ errors: undefined, ...answer });
  }
});
