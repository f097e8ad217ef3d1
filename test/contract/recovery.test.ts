import { randomUUID } from "node:crypto";
import { CreateRecoveryCodeDocument, CreateRecoveryLinkDocument, type CreateRecoveryCodeInput } from "../generated/operations.js";
import { createIdentities, deleteIdentities, UNKNOWN_ID } from "../support/kratos-api.js";
import { describeSampleSchemas, describeShortLived, featuresOf, startKratos, startShortLivedKratos } from "../support/kratos-under-test.js";
import { codeOf, dataOf, useFacade } from "../support/use-facade.js";

const { facade, kratos, cleanups } = useFacade(startKratos);
let identityId: string;

beforeAll(async () => {
  [identityId] = (await createIdentities(kratos, "default", [{ email: `${randomUUID()}@link.example.com` }])) as [string];
  cleanups.defer(() => deleteIdentities(kratos, [identityId]));
});

async function link(expiresIn?: string, id = identityId, returnTo?: string) {
  return dataOf(await facade.ask(CreateRecoveryLinkDocument, { input: { identityId: id, expiresIn, returnTo } })).createRecoveryLink!;
}

/** Undefined if this Kratos has no recovery codes, which must be a user error then. */
async function code(input: Partial<CreateRecoveryCodeInput> = {}) {
  const { createRecoveryCode } = dataOf(await facade.ask(CreateRecoveryCodeDocument, { input: { identityId, ...input } }));
  if ((await featuresOf(kratos)).recoveryCodes) return createRecoveryCode!;
  expect(createRecoveryCode).toEqual({
    recoveryCode: null,
    userErrors: [{ code: "UNSUPPORTED", message: expect.stringContaining("requires Kratos v0.11.0 or later"), path: null }],
  });
  return undefined;
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

const ALLOWED = "http://127.0.0.1:4455/welcome";

/** Kratos v0.6 ignores the URL, so it is not asked. */
const tooOldForUrls = [{ code: "UNSUPPORTED", message: expect.stringContaining("`returnTo` requires Kratos v0.9.0-alpha.1 or later"), path: ["input", "returnTo"] }];

it("creates a recovery link that leads to an allowed URL in the end", async () => {
  const { recoveryLink, userErrors } = await link("1h", identityId, ALLOWED);
  if ((await featuresOf(kratos)).recoveryReturnTo) expect([userErrors, recoveryLink!.url]).toEqual([[], expect.stringContaining("token=")]);
  else expect([recoveryLink, userErrors]).toEqual([null, tooOldForUrls]);
});

it.each(["https://evil.example/", `https://evil.example/?identity id does not exist "expires_in"`, "http://127.0.0.1:4455.evil.example/", "\n:", ""])(
  "rejects the URL %j to return to with a user error",
  async (returnTo) => {
    const { recoveryReturnTo } = await featuresOf(kratos);
    expect(await link("1h", identityId, returnTo)).toEqual({
      recoveryLink: null,
      userErrors: recoveryReturnTo
        ? [{ code: "INVALID", message: expect.stringContaining("selfservice.allowed_return_urls"), path: ["input", "returnTo"] }]
        : tooOldForUrls,
    });
  },
);

it("accepts a URL to return to that is longer than any ID", async () => {
  const { userErrors } = await link("1h", identityId, `${ALLOWED}?state=${"x".repeat(1900)}`);
  expect(userErrors).toEqual((await featuresOf(kratos)).recoveryReturnTo ? [] : tooOldForUrls);
});

describe("a recovery code", () => {
  it("comes with the URL of the page to enter it on, and a time", async () => {
    const payload = await code({ expiresIn: "15m" });
    if (!payload) return;
    expect(payload).toEqual({ recoveryCode: { code: expect.stringMatching(/^\d{6}$/), url: expect.stringContaining("flow="), expiresAt: expect.any(String) }, userErrors: [] });
    const left = Date.parse(payload.recoveryCode!.expiresAt!) - Date.now();
    expect(Math.abs(left / 1000 - 15 * 60)).toBeLessThan(30);
  });

  it.each(["soon", "-1h", "0s", ""])("is not created for the duration %p, which is a user error", async (expiresIn) => {
    const payload = await code({ expiresIn });
    if (payload) expect(payload.userErrors).toEqual([{ code: "INVALID", message: expect.stringContaining('"1h30m"'), path: ["input", "expiresIn"] }]);
  });

  it.each([UNKNOWN_ID, "abc", ""])("is not created for the unknown identity %p, which is a user error", async (id) => {
    const payload = await code({ identityId: id });
    if (payload) expect(payload.userErrors).toEqual([{ code: "NOT_FOUND", message: expect.any(String), path: ["input", "identityId"] }]);
  });

  it("can be for an app since v1.2, and earlier versions are not asked for one, because they ignore the type", async () => {
    expect((await code({ flowType: "BROWSER" }))?.userErrors ?? []).toEqual([]);
    const payload = await code({ flowType: "API" });
    if (!payload) return;
    if ((await featuresOf(kratos)).recoveryCodeFlowType) expect(payload.userErrors).toEqual([]);
    else expect(payload.userErrors).toEqual([{ code: "UNSUPPORTED", message: expect.stringContaining("requires Kratos v1.2.0 or later"), path: ["input", "flowType"] }]);
  });
});

describeSampleSchemas("an identity without recovery addresses", () => {
  it("gets a link and a code from newer versions of Kratos, and is a user error on older ones", async () => {
    const [device] = await createIdentities(kratos, "device", [{ serial: `LINK-${Date.now()}` }]);
    const { recoveryLink, userErrors } = await link("1h", device);
    if (recoveryLink) expect(userErrors).toEqual([]);
    else expect(userErrors).toEqual([{ code: "INVALID", message: "The identity has no recovery address.", path: ["input", "identityId"] }]);
    const withCode = await code({ identityId: device });
    if (withCode) expect(withCode).toEqual({ recoveryCode: expect.anything(), userErrors: [] });
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
