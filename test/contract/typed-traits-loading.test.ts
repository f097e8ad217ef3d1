import { randomUUID } from "node:crypto";
import { createTraitsLoader } from "../../src/commands/traits-schemas.js";
import { TraitsSchemaError } from "../../src/graphql/traits/document.js";
import { createIdentities, deleteIdentities } from "../support/kratos-api.js";
import { writeFolder } from "../support/folder.js";
import { describeSampleSchemas, featuresOf, startKratos } from "../support/kratos-under-test.js";
import { captureLog } from "../support/logs.js";
import { dataOf, startFacade, useFacade } from "../support/use-facade.js";

describeSampleSchemas("with the sample schemas", () => {
  const { kratos, facade, cleanups } = useFacade(startKratos);
  const created: string[] = [];

  beforeAll(() => cleanups.defer(() => deleteIdentities(kratos, created)));

  const serve = (source: string) => {
    const { logger } = captureLog();
    return startFacade(kratos, { logger, traits: { trustsSchema: false, schemas: createTraitsLoader(source, logger) } });
  };

  it("types the traits of identity schemas that a file maps names to", async () => {
    const files = await writeFolder({ "traits.json": { Person: "default", Thing: "device" } });
    const typed = await serve(files.path("traits.json"));
    const email = `${randomUUID()}@contract.example.com`;
    const [id] = (await createIdentities(kratos, "default", [{ email, name: { first: "Ann" } }])) as [string];
    created.push(id);
    const { identity } = dataOf(await typed.send(`{ identity(id: "${id}") { personTraits { email name { first last } } thingTraits { serial } } }`));
    expect(identity).toEqual({ personTraits: { email, name: { first: "Ann", last: null } }, thingTraits: null });
  });

  it("names the IDs of a file that Kratos does not know, and those that it has, if it lists them", async () => {
    const { schemaList } = await featuresOf(kratos);
    const files = await writeFolder({ "traits.json": { A: "nosuch", B: "preset://email", C: "ünï/ço de", D: "default" } });
    const known = schemaList ? ' Its identity schemas are "default", "device".' : "";
    const problems = Object.entries({ A: "nosuch", B: "preset://email", C: "ünï/ço de" }).map(([name, id]) => `${files.path("traits.json")}: #/${name}: Kratos has no identity schema with the ID ${JSON.stringify(id)}.${known}`);
    await expect(createTraitsLoader(files.path("traits.json"), captureLog().logger)(facade.kratos)).rejects.toThrow(problems.join("\n"));
  });

  it("types the traits of all identity schemas of a Kratos that lists them", async () => {
    const { schemaList } = await featuresOf(kratos);
    if (!schemaList) return void (await expect(serve("kratos")).rejects.toThrow(TraitsSchemaError));
    const typed = await serve("kratos");
    const { __type } = dataOf(await typed.send('{ __type(name: "Identity") { fields { name } } }'));
    const fields = __type.fields.map(({ name }: { name: string }) => name).filter((name: string) => name.endsWith("Traits"));
    expect(fields).toEqual(["defaultTraits", "deviceTraits"]);
  });
});
