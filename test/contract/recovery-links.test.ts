import { randomUUID } from "node:crypto";
import { CreateRecoveryLinkDocument } from "../generated/operations.js";
import { createIdentities, deleteIdentities, UNKNOWN_ID } from "../support/kratos-api.js";
import { describeSampleSchemas, describeShortLived, startKratos, startShortLivedKratos } from "../support/kratos-under-test.js";
import { codeOf, dataOf, useFacade } from "../support/use-facade.js";

const { facade, kratos, cleanups } = useFacade(startKratos);
let identityId: string;

beforeAll(async () => {
  [identityId] = (await createIdentities(kratos, "default", [{ email: `${randomUUID()}@link.example.com` }])) as [string];
  cleanups.defer(() => deleteIdentities(kratos, [identityId]));
});

async function link(expiresIn?: string, id = identityId) {
  return dataOf(await facade.ask(CreateRecoveryLinkDocument, { input: { identityId: id, expiresIn } })).createRecoveryLink!;
}

it.each([
  ["12h", 12 * 3600],
  ["1h30m", 5400],
  ["4ms", 0],
  ["1.5h", 5400],
])("creates a recovery link that expires in %s", async (expiresIn, seconds) => {
  const { recoveryLink, userErrors } = await link(expiresIn);
  expect(userErrors).toEqual([]);
  expect(recoveryLink!.url).toMatch(/^http.*\/self-service\/recovery\?.*token=/);
  const left = Date.parse(recoveryLink!.expiresAt!) - Date.now();
  expect(Math.abs(left / 1000 - seconds)).toBeLessThan(30);
});

it("creates a recovery link with the lifespan configured in Kratos by default", async () => {
  const { recoveryLink } = await link();
  expect(Date.parse(recoveryLink!.expiresAt!)).toBeGreaterThan(Date.now());
});

it.each(["soon", "-1h", "0s", "", "12", "1 h", "99999999999h"])("rejects the duration %p with a user error", async (expiresIn) => {
  expect(await link(expiresIn)).toEqual({
    recoveryLink: null,
    userErrors: [{ code: "INVALID", message: expect.stringContaining('"1h30m"'), path: ["input", "expiresIn"] }],
  });
});

it("rejects a duration that is not a string, in a variable and in the query", async () => {
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

it.each([UNKNOWN_ID, "abc", ""])("returns a user error for the unknown identity %p", async (id) => {
  expect(await link("1h", id)).toEqual({
    recoveryLink: null,
    userErrors: [{ code: "NOT_FOUND", message: expect.any(String), path: ["input", "identityId"] }],
  });
});

describeSampleSchemas("an identity without recovery addresses", () => {
  it("gets a link from newer versions of Kratos, and is a user error on older ones", async () => {
    const [device] = await createIdentities(kratos, "device", [{ serial: `LINK-${Date.now()}` }]);
    const { recoveryLink, userErrors } = await link("1h", device);
    if (recoveryLink) expect(userErrors).toEqual([]);
    else expect(userErrors).toEqual([{ code: "INVALID", message: "The identity has no recovery address.", path: ["input", "identityId"] }]);
    await deleteIdentities(kratos, [device!]);
  });
});

describeShortLived("a Kratos with the link method disabled", () => {
  const { facade } = useFacade(startShortLivedKratos);

  it("returns a user error in place of a recovery link", async () => {
    const reply = await facade.ask(CreateRecoveryLinkDocument, { input: { identityId } });
    expect(dataOf(reply).createRecoveryLink).toEqual({
      recoveryLink: null,
      userErrors: [{ code: "UNSUPPORTED", message: expect.stringContaining("disabled"), path: ["input"] }],
    });
  });
});
