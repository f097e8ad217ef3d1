import { GetSelfServiceErrorDocument } from "../generated/operations.js";
import { UNKNOWN_ID } from "../support/kratos-api.js";
import { describeShortLived, startKratos, startShortLivedKratos } from "../support/kratos-under-test.js";
import { dataOf, useFacade } from "../support/use-facade.js";

const { facade } = useFacade(startKratos);

const read = async (id: string) => dataOf(await facade.ask(GetSelfServiceErrorDocument, { id })).selfServiceError;

it("returns the example stub:500, with null for its zero timestamps", async () => {
  expect(await read("stub:500")).toEqual({
    id: expect.any(String),
    errors: [
      {
        code: 500,
        status: "Internal Server Error",
        message: "An internal server error occurred, please contact the system administrator",
        reason: "This is a stub error.",
        errorId: null,
        details: null,
      },
    ],
    createdAt: null,
    updatedAt: null,
  });
});

it("returns null for an unknown or malformed ID", async () => {
  for (const id of [UNKNOWN_ID, "abc", "", "stub:404", "..&x=y"]) expect(await read(id)).toBeNull();
});

describeShortLived("an error that a user met", () => {
  const { kratos, facade } = useFacade(startShortLivedKratos);

  it("is found by the ID in the URL of the error page", async () => {
    const response = await fetch(`${kratos.publicUrl}/self-service/verification/browser`, {
      headers: { accept: "text/html" },
      redirect: "manual",
    });
    const address = new URL(response.headers.get("location")!);
    const id = address.searchParams.get("error") ?? address.searchParams.get("id");
    expect(dataOf(await facade.ask(GetSelfServiceErrorDocument, { id: id! })).selfServiceError).toMatchObject({
      id,
      errors: [{ code: 400, reason: expect.stringContaining("disabled") }],
      createdAt: expect.stringMatching(/^20\d\d-/),
    });
  });
});
