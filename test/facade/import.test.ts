import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startFakeKratos } from "../fake-kratos/index.js";
import { runCli, type Program } from "../support/child-process.js";
import { type Fault, faults, startFaultyKratos, type FaultyKratos } from "../support/faulty-kratos.js";
import { stopAfterTest } from "../support/lifecycle.js";
import { startScriptedKratos } from "../support/scripted-kratos.js";
import { UNKNOWN_ID } from "../support/kratos-api.js";
import type { KratosUnderTest } from "../support/kratos-under-test.js";

/* kratos-graphql import and export. With this KRATOS_TIMEOUT_MS, a call has 100 identities. */

let folder: string;
let kratos: Pick<KratosUnderTest, "adminUrl" | "publicUrl">;
const file = (name: string) => join(folder, name);
const lines = (name: string) => readFileSync(file(name), "utf8").trimEnd().split("\n").map((line) => JSON.parse(line) as Record<string, any>);
const write = (name: string, records: readonly unknown[]) => writeFileSync(file(name), records.map((one) => `${typeof one === "string" ? one : JSON.stringify(one)}\n`).join(""));

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "import-"));
  kratos = await stopAfterTest(startFakeKratos({ sampleIdentities: false }));
});

const start = (command: "import" | "export", ...args: string[]): Program => {
  const env = { KRATOS_ADMIN_URL: kratos.adminUrl, KRATOS_PUBLIC_URL: kratos.publicUrl, KRATOS_TIMEOUT_MS: "800" };
  return runCli(env, command, ...args);
};
const run = async (...args: Parameters<typeof start>) => {
  const program = start(...args);
  program.stdin.end();
  const exit = await program.ended;
  return { exit, stdout: program.stdout, stderr: program.stderr };
};
const stored = async (): Promise<any[]> => {
  const all: any[] = [];
  for (let token = ""; ; token = all.at(-1).id) {
    const page = (await (await fetch(`${kratos.adminUrl}/identities?page_size=250${token && `&page_token=${token}`}`)).json()) as any[];
    all.push(...page);
    if (page.length < 250) return all;
  }
};
const emails = async () => (await stored()).map(({ traits }) => traits.email as string).sort();
const person = (name: string, more: object = {}) => ({ schemaId: "default", traits: { email: `${name}@example.com` }, ...more });
const people = (count: number, more: object = {}) => Array.from({ length: count }, (_, at) => person(`p${String(at).padStart(5, "0")}`, more));

const BAD = [
  person("ok"),
  { schemaId: "default", traits: { email: "nope", age: 1 } },
  "not json",
  '["a list"]',
  person("field", { colour: "red" }),
  "",
  { ...person("schema"), schemaId: "nosuch" },
  person("hash", { credentials: { password: { hashedPassword: "$nope" } } }),
  person("state", { state: "SLEEPING" }),
  person("ok"),
];

describe("import of NDJSON", () => {
  it("creates each identity with all that its line has, and removes its journal", async () => {
    const full = person("ann", {
      state: "INACTIVE",
      externalId: "crm-1",
      metadataPublic: { plan: "free" },
      metadataAdmin: { note: "vip" },
      verifiableAddresses: [{ value: "ann@example.com", via: "email", verified: true }],
      _remark: "ignored",
    });
    write("users.ndjson", [full, person("bob")]);
    const { exit, stdout, stderr } = await run("import", file("users.ndjson"));
    expect({ exit, stdout, stderr }).toEqual({ exit: 0, stdout: "Imported: 2.\n", stderr: "" });
    const [ann] = (await stored()).filter(({ external_id }) => external_id === "crm-1");
    expect(ann).toMatchObject({ state: "inactive", metadata_public: { plan: "free" }, metadata_admin: { note: "vip" }, verifiable_addresses: [{ verified: true }] });
    expect([existsSync(file("users.ndjson.journal")), existsSync(file("users.failed.ndjson"))]).toEqual([false, false]);
  });

  it("writes what fails into a file that only its owner can read, with the reason and the line of each, and creates the others", async () => {
    write("users.ndjson", BAD);
    const { exit, stdout } = await run("import", file("users.ndjson"));
    expect([exit, stdout]).toEqual([1, `Imported: 1. Failed: 8. For the reasons, see ${file("users.failed.ndjson")}. Correct it, and import it.\n`]);
    expect(lines("users.failed.ndjson").map(({ _line, _error }) => [_line, _error])).toEqual([
      [2, 'traits.email: "nope" is not valid "email"'],
      [3, expect.stringContaining("Expected a JSON object on one line")],
      [4, "Expected a JSON object; received a list."],
      [5, 'Field "colour" is not defined by type "CreateIdentityInput".'],
      [7, 'schemaId: Kratos has no identity schema "nosuch".'],
      [8, expect.stringContaining("credentials.password.hashedPassword: Kratos does not support the format of this hash.")],
      [9, expect.stringContaining('state: Value "SLEEPING" does not exist in "IdentityState" enum.')],
      [10, "traits: Another identity already uses one of these identifiers or addresses."],
    ]);
    expect(statSync(file("users.failed.ndjson")).mode & 0o777).toBe(0o600);
    expect(await emails()).toEqual(["ok@example.com"]);
  });

  it("imports a mended file of failures, whose remarks it ignores, and does not overwrite one", async () => {
    write("users.ndjson", BAD.slice(0, 2));
    await run("import", file("users.ndjson"));
    const again = await run("import", file("users.ndjson"));
    expect([again.exit, again.stderr]).toEqual([2, expect.stringContaining("contains the failures of an earlier import. Import it, move it, or specify another file with --failed.")]);
    write("users.failed.ndjson", lines("users.failed.ndjson").map((line) => ({ ...line, traits: { ...line["traits"], email: "mended@example.com" } })));
    const mended = await run("import", file("users.failed.ndjson"));
    expect([mended.exit, mended.stdout]).toEqual([0, "Imported: 1.\n"]);
    expect(await emails()).toEqual(["mended@example.com", "ok@example.com"]);
  });

  it("reads standard input, a byte order mark, line ends of Windows, and U+2028 within a line", async () => {
    const program = start("import", "-", "--journal", file("j"), "--failed", file("f"));
    program.stdin.end(`\uFEFF${JSON.stringify(person("win"))}\r\n{"schemaId":"device","traits":{"serial":"ABCD","model":"a\u2028b"}}`);
    expect(await program.ended).toBe(0);
    expect((await stored()).map(({ traits }) => traits.email ?? traits.model).sort()).toEqual(["a\u2028b", "win@example.com"]);
  });

  it("refuses lines that are not UTF-8, or that are too long, and reads the next ones", async () => {
    const latin = Buffer.from(`${JSON.stringify(person("K\u00E4the"))}\n`, "latin1");
    writeFileSync(file("users.ndjson"), Buffer.concat([latin, Buffer.from(`"${"x".repeat(1_200_000)}"\n${JSON.stringify(person("next"))}\n`)]));
    expect((await run("import", file("users.ndjson"))).exit).toBe(1);
    expect(lines("users.failed.ndjson").map(({ _line, _error }) => [_line, _error])).toEqual([
      [1, expect.stringContaining("Expected text in UTF-8.")],
      [2, "Expected a line of at most 1000000 bytes; received 1200003."],
    ]);
    expect(await emails()).toEqual(["next@example.com"]);
  });
});

describe("import of a CSV", () => {
  it("has paths as the names of columns, or maps them, and converts cells to the types of the identity schema", async () => {
    writeFileSync(
      file("users.csv"),
      'E-Mail,traits.name.first,traits.age,traits.tags,verifiableAddresses.0.value,verifiableAddresses.0.verified,Note\n' +
        'ann@example.com,"Ann, ""A""",31,"[""a"",""b""]",ann@example.com,true,x\nbob@example.com,007,,,,,y\n',
    );
    const { exit, stderr } = await run("import", "--schema-id", "default", "--map", "E-Mail=traits.email", "--map", "Note=", file("users.csv"));
    expect([exit, stderr]).toEqual([0, ""]);
    const found = (await stored()).sort((a, b) => (a.traits.email < b.traits.email ? -1 : 1));
    expect(found.map(({ traits }) => traits)).toEqual([
      { email: "ann@example.com", name: { first: 'Ann, "A"' }, age: 31, tags: ["a", "b"] },
      { email: "bob@example.com", name: { first: "007" } },
    ]);
    expect(found[0].verifiable_addresses[0].verified).toBe(true);
  });

  it("writes failures as NDJSON, of the wrong type or with too few cells, with the lines of the CSV", async () => {
    writeFileSync(file("users.csv"), 'schemaId,traits.email,traits.age,traits.name.first\ndefault,a@example.com,old,"two\nlines"\n\ndefault,b@example.com\n\n');
    expect((await run("import", file("users.csv"))).exit).toBe(1);
    expect(lines("users.failed.ndjson")).toEqual([
      { schemaId: "default", traits: { email: "a@example.com", age: "old", name: { first: "two\nlines" } }, _error: "traits.age: expected integer, but got string", _line: 2 },
      { _text: '["default","b@example.com"]', _error: "Expected 4 cells, as in the first row; received 2.", _line: 5 },
    ]);
  });

  it.each([
    ["a column that is no path", "E-Mail\na@example.com\n", 'expected a path such as traits.email for the column "E-Mail"'],
    ["two columns with a name", "traits.email,traits.email\na,b\n", 'two columns are named "traits.email"'],
    ["a quote that is never closed", 'traits.email\n"a@example.com\n', "expected rows of a CSV file after line 1"],
  ])("cannot run with %s, and says why", async (_, text, message) => {
    writeFileSync(file("users.csv"), text);
    const { exit, stderr } = await run("import", "--schema-id", "default", file("users.csv"));
    expect([exit, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(await stored()).toEqual([]);
  });
});

describe("import --dry-run", () => {
  it("names each problem with its line, counts, and creates nothing", async () => {
    write("users.ndjson", [...BAD, { schemaId: "default", traits: { age: -1, extra: true } }]);
    const { exit, stdout } = await run("import", "--dry-run", file("users.ndjson"));
    expect(exit).toBe(1);
    expect(stdout).toContain('line 2: traits.email: must match format "email"\n');
    expect(stdout).toContain('line 8: credentials.password.hashedPassword: Kratos does not support the format');
    for (const problem of ["traits: must have required property 'email'", "traits: must NOT have additional properties: extra", "traits.age: must be >= 0"]) expect(stdout).toContain(`line 11: ${problem}\n`);
    expect(stdout).toMatch(/\nValid: 2\. Invalid: 8\. Conflicts with existing identities were not checked\.\n$/);
    expect([await stored(), existsSync(file("users.failed.ndjson")), existsSync(file("users.ndjson.journal"))]).toEqual([[], false, false]);
  });
});

describe("an interrupted import", () => {
  const isBatch = (line: string) => line.startsWith("PATCH /admin/identities");

  /** Imports into a Kratos that stops to respond to the batch with this number, and kills the import there. */
  async function killAt(batch: number, how: Fault, args: string[], signal: NodeJS.Signals = "SIGKILL"): Promise<Program> {
    const faulty = (kratos = await stopAfterTest(startFaultyKratos("v26.2.0", false))) as FaultyKratos;
    let count = 0;
    faulty.fault = { do: how, to: (line) => isBatch(line) && ++count >= batch };
    const program = start("import", ...args);
    await new Promise<void>((resolve) => {
      const timer = setInterval(() => faulty.hit.length > 0 && (clearInterval(timer), resolve()), 5);
      void program.ended.then(() => (clearInterval(timer), resolve()));
    });
    program.kill(signal);
    await program.ended;
    faulty.fault = undefined;
    return program;
  }

  it("continues where it was killed, with one file of failures, and imports nobody twice", async () => {
    write("users.ndjson", [...people(150), "bad", ...people(260).slice(150), "bad, too"]);
    await killAt(3, faults.silent, ["--concurrency", "1", file("users.ndjson")]);
    const before = (await stored()).length;
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThan(260);
    const { exit, stdout, stderr } = await run("import", file("users.ndjson"));
    expect([exit, stdout.split(".")[0]]).toEqual([1, "Imported: 260"]);
    expect(stderr).toMatch(/^Continuing the interrupted import\. Imported so far: [\d,]+\.\n$/);
    expect(await emails()).toEqual(people(260).map(({ traits }) => traits.email));
    expect(lines("users.failed.ndjson").map(({ _line }) => _line)).toEqual([151, 262]);
    expect(existsSync(file("users.ndjson.journal"))).toBe(false);
  }, 60_000);

  it.each<[string, object]>([
    ["their identifiers", {}],
    ["their external IDs", { externalId: "" }],
  ])("recognizes by %s those that Kratos had stored before the kill, and has a failure for those of somebody else", async (_, more) => {
    const all = people(60).map((one, at) => ({ ...one, ...("externalId" in more && { externalId: `e-${at}` }) }));
    write("users.ndjson", all);
    // The journal is that of a kill between the commit of Kratos and the response.
    await killAt(1, faults.silent, [file("users.ndjson")]);
    const direct = await fetch(`${kratos.adminUrl}/identities`, {
      method: "PATCH",
      body: JSON.stringify({ identities: all.slice(0, 40).map(({ schemaId, traits, externalId }: any) => ({ create: { schema_id: schemaId, traits, external_id: externalId } })) }),
    });
    expect(direct.status).toBe(200);
    const other = { schema_id: "default", traits: { ...all[50]!.traits, age: 3 }, external_id: (all[50] as any).externalId };
    await fetch(`${kratos.adminUrl}/identities`, { method: "POST", body: JSON.stringify(other) });
    const { exit, stdout } = await run("import", file("users.ndjson"));
    expect([exit, stdout.split(". For")[0]]).toEqual([1, "Imported: 59. Failed: 1"]);
    expect(lines("users.failed.ndjson")).toEqual([{ ...all[50], _error: expect.stringContaining("Another identity already uses"), _line: 51 }]);
    expect(await emails()).toEqual(all.map(({ traits }) => traits.email));
  }, 60_000);

  it("does not send again what could be stored twice, and says that it is unknown", async () => {
    const device = { schemaId: "device", traits: { serial: "ABCD-1" } };
    write("users.ndjson", [device, person("ann")]);
    await killAt(1, faults.silent, [file("users.ndjson")]);
    expect((await run("import", file("users.ndjson"))).exit).toBe(1);
    expect(lines("users.failed.ndjson")).toEqual([{ ...device, _error: expect.stringContaining("It is unknown whether this identity was created before"), _line: 1 }]);
    expect(await emails()).toEqual(["ann@example.com"]);
  });

  it("stops on SIGINT with what is running, and says how to continue", async () => {
    write("users.ndjson", people(300));
    const program = await killAt(2, (response) => response.writeHead(503).end(), ["--concurrency", "1", file("users.ndjson")], "SIGINT");
    expect(await program.ended).toBe(2);
    expect(program.stderr).toMatch(/To continue, run the same command again: no identity is imported twice\.\n$/);
    expect((await run("import", file("users.ndjson"))).exit).toBe(0);
    expect((await emails()).length).toBe(300);
  }, 60_000);

  it("does not continue with a file that has changed, or into another Kratos", async () => {
    write("users.ndjson", people(250));
    await killAt(2, faults.silent, ["--concurrency", "1", file("users.ndjson")]);
    write("users.ndjson", [person("new"), ...people(250)]);
    const changed = await run("import", file("users.ndjson"));
    expect([changed.exit, changed.stderr]).toEqual([2, expect.stringContaining("the file is not the one whose import was interrupted, or it has changed since then")]);
    kratos = await stopAfterTest(startFakeKratos({ sampleIdentities: false }));
    const other = await run("import", file("users.ndjson"));
    expect([other.exit, other.stderr]).toEqual([2, expect.stringContaining("is the journal of an interrupted import with KRATOS_ADMIN_URL")]);
    expect(await stored()).toEqual([]);
  }, 60_000);
});

it("import waits for a Kratos that is unavailable for a moment, and sends again what is not stored", async () => {
  const faulty = (kratos = await stopAfterTest(startFaultyKratos("v26.2.0", false))) as FaultyKratos;
  let count = 0;
  faulty.fault = { do: faults.resetBefore, to: (line) => line.startsWith("PATCH /admin/identities") && ++count <= 2 };
  write("users.ndjson", people(250));
  expect(await run("import", file("users.ndjson"))).toMatchObject({ exit: 0, stdout: "Imported: 250.\n" });
  expect(await emails()).toEqual(people(250).map(({ traits }) => traits.email));
}, 60_000);

describe("what keeps a command from running", () => {
  it.each([
    ["a file that does not exist", ["import", "nosuch.ndjson"], "expected a readable file; ENOENT"],
    ["a mapping without a path", ["import", "--map", "E-Mail", "x.csv"], 'expected a column and a path in --map, e.g. "E-Mail=traits.email"; received "E-Mail"'],
    ["a number of calls that is none", ["import", "--concurrency", "0", "x"], "Expected a number from 1 to 16."],
  ] as const)("%s is a message, and exit code 2", async (_, [command, ...args], message) => {
    const { exit, stderr } = await run(command, ...args);
    expect(stderr).toContain(message);
    expect(exit).toBe(2);
  });

  it("a Kratos without batches is a message with the first version that has them", async () => {
    kratos = await stopAfterTest(startFakeKratos({ version: "v0.6.3-alpha.1" }));
    write("users.ndjson", [person("ann")]);
    const { exit, stderr } = await run("import", file("users.ndjson"));
    expect([exit, stderr.split("\n")[0]]).toEqual([2, "kratos-graphql: import requires Kratos v0.13.0 or later; the connected Kratos is v0.6.3-alpha.1."]);
  });

  it("a Kratos that is not configured, or not there, is a message", async () => {
    const missing = runCli({ KRATOS_ADMIN_URL: kratos.adminUrl }, "export");
    expect(await missing.ended).toBe(2);
    expect(missing.stderr).toContain("KRATOS_PUBLIC_URL is not set");
    kratos = { ...kratos, adminUrl: "http://127.0.0.1:9" };
    expect(await run("export")).toMatchObject({ exit: 2, stderr: expect.stringContaining("Kratos at http://127.0.0.1:9 is not ready: ") });
  });
});

describe("export", () => {
  it("writes every identity once, without credentials, so that another Kratos has the same after an import", async () => {
    const source = [
      ...people(300),
      person("full", { state: "INACTIVE", externalId: "e-1", metadataPublic: { a: 1 }, metadataAdmin: { b: 2 }, verifiableAddresses: [{ value: "full@example.com", verified: true }], credentials: { password: { hashedPassword: "$2a$12$o6hx.Wog/wvFSkT/Bp/6DOxCtLRTDj7lm9on9suF/WaCGNVHbkfL6" } } }),
      { schemaId: "device", traits: { serial: "ABCD" } },
    ];
    write("users.ndjson", source);
    await run("import", file("users.ndjson"));
    const exported = await run("export", "--metadata-admin", file("out.ndjson"));
    expect(exported).toEqual({ exit: 0, stdout: "", stderr: "Exported: 302.\n" });
    expect(readFileSync(file("out.ndjson"), "utf8")).not.toMatch(/\$2a|credential|hash/);
    expect(statSync(file("out.ndjson")).mode & 0o777).toBe(0o600);
    const comparable = async () =>
      (await stored())
        .map(({ schema_id, traits, state, external_id, metadata_public, metadata_admin, verifiable_addresses }) => ({
          schema_id, traits, state, external_id, metadata_public, metadata_admin, verified: verifiable_addresses.map(({ value, verified }: any) => [value, verified]),
        }))
        .sort((a, b) => (JSON.stringify(a.traits) < JSON.stringify(b.traits) ? -1 : 1));
    const before = await comparable();
    kratos = await stopAfterTest(startFakeKratos({ sampleIdentities: false }));
    expect(await run("import", file("out.ndjson"))).toMatchObject({ exit: 0 });
    expect(await comparable()).toEqual(before);
  }, 60_000);

  it("writes to standard output, and admin metadata only on request", async () => {
    write("users.ndjson", [person("ann", { metadataAdmin: { note: "vip" } })]);
    await run("import", file("users.ndjson"));
    const { stdout } = await run("export");
    expect(JSON.parse(stdout)).toEqual(person("ann"));
    expect(JSON.parse((await run("export", "--metadata-admin")).stdout)).toEqual(person("ann", { metadataAdmin: { note: "vip" } }));
  });

  it("does not overwrite a file, and leaves none if it fails", async () => {
    writeFileSync(file("out.ndjson"), "mine");
    expect(await run("export", file("out.ndjson"))).toMatchObject({ exit: 2, stderr: expect.stringContaining("already exists") });
    expect(readFileSync(file("out.ndjson"), "utf8")).toBe("mine");
    const faulty = (kratos = await stopAfterTest(startFaultyKratos())) as FaultyKratos;
    faulty.fault = { do: faults.plainText500, to: (line) => line.startsWith("GET /admin/identities") };
    expect((await run("export", file("other.ndjson"))).exit).toBe(2);
    expect([existsSync(file("other.ndjson")), existsSync(file("other.ndjson.part"))]).toEqual([false, false]);
  });

  it("names identities that Kratos returns malformed, writes the others, and exits with 1", async () => {
    const identity = { id: UNKNOWN_ID, schema_id: "default", schema_url: "", traits: { email: "ann@example.com" } };
    const list = [identity, { ...identity, id: UNKNOWN_ID.replace("8", "9"), schema_id: 1 }];
    const script = (path: string) => (path.includes("/identities") ? { json: list } : /health|errors/.test(path) ? { json: { status: "ok" } } : undefined);
    kratos = await stopAfterTest(startScriptedKratos("v26.2.0", (_, path) => script(path)));
    const { exit, stdout, stderr } = await run("export");
    expect([exit, stdout]).toEqual([1, '{"schemaId":"default","traits":{"email":"ann@example.com"}}\n']);
    expect(stderr).toContain(`The identity ${list[1]!.id} cannot be read: JSON of another shape at schema_id.\nExported: 1. Could not be read: 1.\n`);
  });
});
