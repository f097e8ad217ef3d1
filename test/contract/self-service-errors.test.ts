import { GetSelfServiceErrorDocument } from "../generated/operations.js";
import { describeShortLived, startKratos, startShortLivedKratos } from "../support/kratos-under-test.js";
import { dataOf, useFacade } from "../support/use-facade.js";

const { facade } = useFacade(startKratos);

const read = async (id: string) => dataOf(await facade.ask(GetSelfServiceErrorDocument, { id })).selfServiceError;

it("stub:500 is an example of an error, its zero times null", async () => {
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

it("an error that there is not is null, and so is one of a malformed id", async () => {
  for (const id of ["00000000-0000-4000-8000-000000000000", "abc", "", "stub:404", "..&x=y"]) expect(await read(id)).toBeNull();
});

describeShortLived("an error that a user ran into", () => {
  const { kratos, facade } = useFacade(startShortLivedKratos);

  it("is kept under the id in the error page's address", async () => {
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
