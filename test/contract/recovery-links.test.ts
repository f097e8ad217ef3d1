import { randomUUID } from "node:crypto";
import { CreateRecoveryLinkDocument } from "../generated/operations.js";
import { codeOf, dataOf, startFacade, type FacadeUnderTest } from "../support/facade-under-test.js";
import { createIdentities, deleteIdentities } from "../support/kratos-api.js";
import {
  describeSampleSchemas,
  describeShortLived,
  startKratos,
  startShortLivedKratos,
  type KratosUnderTest,
} from "../support/kratos-under-test.js";

let kratos: KratosUnderTest;
let facade: FacadeUnderTest;
let identityId: string;

beforeAll(async () => {
  kratos = await startKratos();
  facade = await startFacade(kratos);
  [identityId] = (await createIdentities(kratos, "default", [{ email: `${randomUUID()}@link.example.com` }])) as [string];
});

afterAll(async () => {
  await deleteIdentities(kratos, [identityId]);
  await facade.stop();
  await kratos.stop();
});

async function link(expiresIn?: string, id = identityId) {
  return dataOf(await facade.ask(CreateRecoveryLinkDocument, { input: { identityId: id, expiresIn } })).createRecoveryLink!;
}

it.each([
  ["12h", 12 * 3600],
  ["1h30m", 5400],
  ["4ms", 0],
  ["1.5h", 5400],
])("a recovery link that expires in %s does", async (expiresIn, seconds) => {
  const { recoveryLink, userErrors } = await link(expiresIn);
  expect(userErrors).toEqual([]);
  expect(recoveryLink!.url).toMatch(/^http.*\/self-service\/recovery\?.*token=/);
  const left = Date.parse(recoveryLink!.expiresAt!) - Date.now();
  expect(Math.abs(left / 1000 - seconds)).toBeLessThan(30);
});

it("a recovery link without a duration expires as Kratos is configured", async () => {
  const { recoveryLink } = await link();
  expect(Date.parse(recoveryLink!.expiresAt!)).toBeGreaterThan(Date.now());
});

it.each(["soon", "-1h", "0s", "", "12", "1 h", "99999999999h"])("the duration %p is refused as the caller's to mend", async (expiresIn) => {
  expect(await link(expiresIn)).toEqual({
    recoveryLink: null,
    userErrors: [{ code: "INVALID", message: expect.stringContaining('"1h30m"'), path: ["input", "expiresIn"] }],
  });
});

it("a duration that is no text is no duration, in a variable and in the query", async () => {
  const reply = await facade.send(`mutation ($input: CreateRecoveryLinkInput!) { createRecoveryLink(input: $input) { recoveryLink { url } } }`, {
    input: { identityId, expiresIn: 12 },
  });
  expect(codeOf(reply)).toBe("BAD_USER_INPUT");
  for (const literal of ["12", "twelve", "true"]) {
    const inline = await facade.send(`mutation { createRecoveryLink(input: { identityId: "${identityId}", expiresIn: ${literal} }) { recoveryLink { url } } }`);
    expect(codeOf(inline)).toBe("GRAPHQL_VALIDATION_FAILED");
    expect(inline.errors![0]!.message).toContain(`received ${literal}.`);
  }
});

it.each(["00000000-0000-4000-8000-000000000000", "abc", ""])("there is no recovery link for the identity %p, which there is not", async (id) => {
  expect(await link("1h", id)).toEqual({
    recoveryLink: null,
    userErrors: [{ code: "NOT_FOUND", message: expect.any(String), path: ["input", "identityId"] }],
  });
});

describeSampleSchemas("an identity without recovery addresses", () => {
  it("gets a link from newer Kratos, and is a fault of the input for older", async () => {
    const [device] = await createIdentities(kratos, "device", [{ serial: `LINK-${Date.now()}` }]);
    const { recoveryLink, userErrors } = await link("1h", device);
    if (recoveryLink) expect(userErrors).toEqual([]);
    else expect(userErrors).toEqual([{ code: "INVALID", message: "The identity has no recovery address.", path: ["input", "identityId"] }]);
    await deleteIdentities(kratos, [device!]);
  });
});

describeShortLived("a Kratos whose link method is switched off", () => {
  it("has no recovery links, and says so among the user errors", async () => {
    const closed = await startShortLivedKratos();
    const short = await startFacade(closed);
    const reply = await short.ask(CreateRecoveryLinkDocument, { input: { identityId } });
    expect(dataOf(reply).createRecoveryLink).toEqual({
      recoveryLink: null,
      userErrors: [{ code: "UNSUPPORTED", message: expect.stringContaining("disabled"), path: ["input"] }],
    });
    await short.stop();
    await closed.stop();
  });
});
