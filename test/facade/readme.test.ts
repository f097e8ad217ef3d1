import { readFileSync } from "node:fs";
import { startFakeKratos } from "../../src/fake-kratos/index.js";
import { stopAfterTest } from "../support/lifecycle.js";
import { dataOf, startFacade, useFacade } from "../support/use-facade.js";

const { facade } = useFacade(startFakeKratos);

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

const blocks = [...readFileSync("README.md", "utf8").matchAll(/^```(\w+)\n(.*?)^```/gms)].map(([, language, text]) => ({ language, text: text! }));
const answers = blocks.flatMap(({ language, text }, index) => (language === "json" ? [{ operation: blocks[index - 1]!, answer: JSON.parse(text) }] : []));

it("answers the operations in the README, sent in their order, as documented", async () => {
  expect(answers.length).toBeGreaterThanOrEqual(3);
  for (const { operation, answer } of answers) {
    expect(operation.language).toMatch(/graphql|sh/);
    const query = operation.language === "sh" ? JSON.parse(/'(.+)'/s.exec(operation.text)![1]!).query : operation.text;
    const { data, errors } = await facade.send(query);
    // The ID of a new identity is random.
    const created = data?.["createIdentity"]?.identity;
    if (created) {
      expect(created.id).toMatch(UUID);
      created.id = answer.data.createIdentity.identity.id;
    }
    expect({ data, errors }).toEqual({ errors: undefined, ...answer });
  }
});
