import type { Page } from "playwright-core";
import { SAMPLE_SCHEMAS } from "../../src/fake-kratos/index.js";
import { createIdentities, readIdentity } from "../support/kratos-api.js";
import { stopAfterTest } from "../support/lifecycle.js";
import { startFacade, type FacadeTestOptions } from "../support/use-facade.js";
import { fieldErrorsIn, focusedIn, openPage, readManifest, serveExample, useExample } from "./browser.js";

const { kratos, browser } = useExample();
const heading = (page: Page, name: string) => page.getByRole("heading", { level: 1, name, exact: true });
const create = (page: Page) => page.getByRole("button", { name: "Create identity" }).click();

const [PERSON, DEVICE] = SAMPLE_SCHEMAS;
const { email, ...others } = PERSON.schema.properties.traits.properties;
/** The sample schema with traits whose words, names and kinds differ from what Kratos has. */
const TYPED_PERSON = {
  ...PERSON,
  schema: {
    properties: {
      traits: {
        type: "object",
        required: ["email"],
        properties: {
          ...others,
          email: { ...email, title: "Work email", description: "Used to sign in." },
          "nick-name": { type: "string", description: "Shown to other users." },
          plan: { enum: ["basic", "gold"] },
          birthday: { type: "string", format: "date" },
          "opt-in": { type: "boolean", title: "Newsletter" },
          roles: { type: "array", items: { enum: ["admin", "clerk"] } },
          limits: { type: "array", items: { type: "integer" } },
          manager: { $ref: "#/definitions/person" },
        },
      },
    },
    definitions: { person: { type: "object", properties: { name: { type: "string" }, manager: { $ref: "#/definitions/person" } } } },
  },
};

/** Opens the form for new identities in front of a server that accepts only the operations of the example. */
async function openForm(options: FacadeTestOptions) {
  const example = await stopAfterTest(serveExample((await startFacade(kratos, { safelist: readManifest(), ...options })).url));
  const opened = await openPage(browser);
  const inputs: object[] = [];
  opened.page.on("request", (request) => {
    const body = request.method() === "POST" ? request.postDataJSON() : undefined;
    if (body?.operationName === "CreateIdentity") inputs.push(body.variables.input);
  });
  await opened.page.goto(`${example.url}/#/create`);
  await opened.page.getByRole("button", { name: "Create identity" }).waitFor();
  return { ...opened, inputs };
}

/** The fields of the form, with their words and kinds. */
function fieldsIn(page: Page): Promise<string[]> {
  return page.locator("form [name]").evaluateAll((fields) =>
    fields.map((field: any) => {
      const notes = field.ownerDocument.getElementById(field.getAttribute("aria-describedby")).innerText;
      return [field.labels[0].innerText.trim(), field.type, notes].filter(Boolean).join(" | ");
    }),
  );
}

it("builds the form from the typed input: its names, descriptions, kinds, and what is required", async () => {
  const { page, complaints } = await openForm({ traits: { schemas: [TYPED_PERSON, DEVICE], trustsSchema: false } });
  expect(await fieldsIn(page)).toEqual([
    "Work email | email | Used to sign in.",
    "Age optional | text",
    "Birthday optional | date",
    "Limits optional | textarea | Enter JSON.",
    "Manager optional | textarea | Enter JSON.",
    "Name optional | text",
    "First name optional | text",
    "Last name optional | text",
    "Nick name optional | text | Shown to other users.",
    "Newsletter | checkbox",
    "Plan optional | select-one",
    "Roles optional | textarea | Enter one per line.",
    "Tags optional | textarea | Enter one per line.",
  ]);
  expect(await page.getByLabel("Plan").locator("option").allInnerTexts()).toEqual(["–", "basic", "gold"]);
  await page.getByLabel("Identity schema", { exact: true }).selectOption("device");
  await page.getByLabel("Serial number").waitFor();
  expect(await fieldsIn(page)).toEqual(["Serial number | text", "Model optional | text"]);
  expect(complaints).toEqual([]);
});

it("sends typed traits, and shows each fault at its field", async () => {
  const { page, inputs, complaints } = await openForm({ traits: { schemas: SAMPLE_SCHEMAS, trustsSchema: false } });
  await page.getByLabel("First name").fill("Tilda");
  await page.getByLabel("Age").fill("minus one");
  await create(page);
  await page.getByRole("alert").getByText("The identity was not created.").waitFor();
  expect(await fieldErrorsIn(page)).toEqual({ "E-Mail": "Enter an email address, e.g. name@example.com.", Age: "Enter a whole number." });
  expect(await focusedIn(page)).toBe("traits.email");
  expect(inputs).toEqual([]);

  const address = "tilda@example.com";
  await page.getByLabel("E-Mail").fill(address);
  await page.getByLabel("Age").fill("-1");
  await page.getByLabel("Tags").fill("short\nmuch longer than twenty characters");
  await create(page);
  await page.getByText("Reason:").first().waitFor();
  expect(await fieldErrorsIn(page)).toEqual({
    Age: "Enter a whole number. Reason: The value must be >= 0.",
    Tags: "On each line, enter a value. Reason: The value must NOT have more than 20 characters.",
  });
  expect(await focusedIn(page)).toBe("traits.age");

  await page.getByLabel("Age").fill("41");
  await page.getByLabel("Tags").fill("short");
  await create(page);
  await heading(page, "Tilda").waitFor();
  const traits = { email: address, name: { first: "Tilda" }, age: 41, tags: ["short"] };
  expect(inputs.at(-1)).toEqual({ typedTraits: { personTraits: traits } });
  expect(await readIdentity(kratos, page.url().split("/").at(-1)!)).toMatchObject({ schema_id: "default", traits });
  expect(complaints).toEqual([]);
});

it("finds what the API would refuse as a whole, without naming a field", async () => {
  const { page, inputs } = await openForm({ traits: { schemas: [TYPED_PERSON], trustsSchema: false } });
  await page.getByLabel("Limits").fill('[1, "two"]');
  await page.getByLabel("Roles").fill("admin\nowner");
  await create(page);
  await page.getByRole("alert").getByText("Correct the marked fields below.").waitFor();
  expect(await fieldErrorsIn(page)).toEqual({
    "Work email": "Enter an email address, e.g. name@example.com.",
    Limits: "Enter JSON that the identity schema allows.",
    Roles: "On each line, enter one of these: admin, clerk.",
  });
  expect(inputs).toEqual([]);
});

it("shows the faults that only Kratos finds at their fields, and a conflict above the form", async () => {
  await createIdentities(kratos, "default", [{ email: "taken@example.com" }]);
  const { page } = await openForm({ traits: { schemas: SAMPLE_SCHEMAS, trustsSchema: false } });
  await page.getByLabel("E-Mail").fill("walker");
  await create(page);
  await page.getByRole("alert").waitFor();
  expect(await fieldErrorsIn(page)).toEqual({ "E-Mail": 'Enter an email address, e.g. name@example.com. Reason: "walker" is not valid "email"' });
  await page.getByLabel("E-Mail").fill("taken@example.com");
  await create(page);
  await page.getByRole("alert").getByText("Another identity already uses one of these values.").waitFor();
  expect(await fieldErrorsIn(page)).toEqual({});
});

it.each([
  ["an identity schema that has no typed traits", { traits: { schemas: [DEVICE], trustsSchema: false } }],
  ["a server without introspection", { traits: { schemas: SAMPLE_SCHEMAS, trustsSchema: false }, introspection: false }],
])("builds the form from the identity schema for %s", async (_case, options) => {
  const { page, inputs } = await openForm(options);
  expect((await fieldsIn(page))[0]).toBe("E-Mail | email");
  await page.getByLabel("Age").fill("-1");
  await create(page);
  await page.getByRole("alert").waitFor();
  expect(inputs).toEqual([{ schemaId: "default", traits: { age: -1 } }]);
  expect((await fieldErrorsIn(page))["Age"]).toBe("Enter a whole number, at least 0.");
});
