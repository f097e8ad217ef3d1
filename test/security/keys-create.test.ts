import { createHash } from "node:crypto";
import { addressOf, start } from "../support/process.js";

const create = (name: string, scopes: string) => start({}, "keys", "create", "--name", name, "--scopes", scopes);

it("`keys create` shows a key once, and a line for API_KEYS with which that key, and it alone, is let in", async () => {
  const [first, second] = [create("web-shop", "system:read,flows:read"), create("desk", "identities:read")];
  expect(await Promise.all([first.ended, second.ended])).toEqual([0, 0]);
  const { out, error } = first.output;
  expect(error).toBe("");
  const [key, ...again] = out.match(/kg_[\w-]{43}/g) ?? [];
  expect(again).toEqual([]);
  const [line] = /^ {2}web-shop .*$/m.exec(out)!;
  expect(line.trim()).toBe(`web-shop sha256:${createHash("sha256").update(key!).digest("hex")} system:read,flows:read`);
  expect(second.output.out).not.toContain(key);

  const server = start({ API_KEYS: line.trim(), KRATOS_ADMIN_URL: "http://127.0.0.1:9" });
  const url = await addressOf(server);
  const ask = async (token?: string) => {
    const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
    const response = await fetch(url, { method: "POST", headers, body: '{"query":"{ health { alive } identitySchema(id: \\"default\\") { id } }"}' });
    return { status: response.status, ...((await response.json()) as any) };
  };
  const { status, data, errors } = await ask(key);
  expect([status, data.health, errors[0].extensions]).toEqual([200, { alive: false }, { code: "FORBIDDEN", requiredScope: "identities:read" }]);
  for (const stranger of [undefined, /kg_[\w-]{43}/.exec(second.output.out)![0], line.trim().split(" ")[1]!.slice(7)]) {
    expect((await ask(stranger)).status).toBe(401);
  }
  server.child.kill("SIGTERM");
  expect(await server.ended).toBe(0);
  expect(server.output.out).not.toContain(key);
}, 30_000);

it("a name or a scope that will not do is refused in one line that says what would, and no key is made", async () => {
  const scopes = "must be some of identities:read, identities:write, identities:delete, recovery:write, flows:read, secrets:read, system:read, separated by commas without spaces";
  const refused = await Promise.all(
    [
      ["web shop", "system:read", 'the name of a key must be 1 to 64 letters, digits, dots, dashes or underscores; received "web shop".'],
      ["shop", "system:read, flows:raed", `the scopes of the key "shop" ${scopes}; received " flows:raed".`],
    ].map(async ([name, wanted, message]) => {
      const { output, ended } = create(name!, wanted!);
      return [await ended, output.out, output.error.split("\n")[0], `kratos-graphql: ${message}`];
    }),
  );
  for (const [status, out, error, message] of refused) expect([status, out, error]).toEqual([1, "", message]);
}, 30_000);
