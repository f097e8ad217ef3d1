import { createHash } from "node:crypto";
import { graphqlUrlOf, startCli } from "../support/child-process.js";

const create = (name: string, scopes: string) => startCli({}, "keys", "create", "--name", name, "--scopes", scopes);

it("prints a key once, with a line for API_KEYS that accepts this key only", async () => {
  const [first, second] = await Promise.all([create("web-shop", "system:read,flows:read"), create("desk", "identities:read")]);
  expect(await Promise.all([first.ended, second.ended])).toEqual([0, 0]);
  const out = first.stdout;
  expect(first.stderr).toBe("");
  const [key, ...again] = out.match(/kg_[\w-]{43}/g) ?? [];
  expect(again).toEqual([]);
  const [line] = /^ {2}web-shop .*$/m.exec(out)!;
  expect(line.trim()).toBe(`web-shop sha256:${createHash("sha256").update(key!).digest("hex")} system:read,flows:read`);
  expect(second.stdout).not.toContain(key);

  const server = await startCli({ API_KEYS: line.trim(), KRATOS_ADMIN_URL: "http://127.0.0.1:9" });
  const url = await graphqlUrlOf(server);
  const ask = async (token?: string) => {
    const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
    const response = await fetch(url, { method: "POST", headers, body: '{"query":"{ health { alive } identitySchema(id: \\"default\\") { id } }"}' });
    return { status: response.status, ...((await response.json()) as any) };
  };
  const { status, data, errors } = await ask(key);
  expect([status, data.health, errors[0].extensions]).toEqual([200, { alive: false }, { code: "FORBIDDEN", requiredScope: "identities:read" }]);
  for (const stranger of [undefined, /kg_[\w-]{43}/.exec(second.stdout)![0], line.trim().split(" ")[1]!.slice(7)]) {
    expect((await ask(stranger)).status).toBe(401);
  }
  expect(await server.stop()).toBe(0);
  expect(server.stdout).not.toContain(key);
}, 30_000);

it("rejects an invalid name or scope in one line that says what is valid, and creates no key", async () => {
  const scopes = "must be some of identities:read, identities:write, identities:delete, recovery:write, flows:read, secrets:read, system:read, separated by commas without spaces";
  const refused = await Promise.all(
    [
      ["web shop", "system:read", 'the name of a key must be 1 to 64 letters, digits, dots, dashes or underscores; received "web shop".'],
      ["shop", "system:read, flows:raed", `the scopes of the key "shop" ${scopes}; received " flows:raed".`],
    ].map(async ([name, wanted, message]) => {
      const program = await create(name!, wanted!);
      return [await program.ended, program.stdout, program.stderr.split("\n")[0], `kratos-graphql: ${message}`];
    }),
  );
  for (const [status, out, error, message] of refused) expect([status, out, error]).toEqual([1, "", message]);
}, 30_000);
