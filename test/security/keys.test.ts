import { createHash } from "node:crypto";
import { createApiKey } from "../../src/server/auth/api-key.js";
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
  const scopes = "must be some of identities:read, identities:write, identities:delete, recovery:write, sessions:read, sessions:write, courier:read, flows:read, secrets:read, system:read, separated by commas without spaces";
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

describe("a key that expires", () => {
  const lines = (keys: readonly { line: string }[]) => keys.map(({ line }) => line).join("\n");
  const lasting = createApiKey("desk", ["identities:read", "flows:read"]);
  const valid = createApiKey("shop-2999", ["identities:read"], "2999-01-31");
  const expired = createApiKey("shop-2020", ["identities:read"], "2020-01-31T18:00:00+01:00");
  const API_KEYS = lines([lasting, valid, expired]);
  /** Runs `keys verify` with a text on standard input. */
  const verify = async (text: string) => {
    const program = await startCli({ API_KEYS }, "keys", "verify");
    program.stdin.end(text);
    return [await program.ended, program.stdout + program.stderr.split("\n")[0]] as const;
  };

  it("is created with --expires, and its line says so", async () => {
    const program = await startCli({}, "keys", "create", "--name", "shop", "--scopes", "identities:read", "--expires", "2999-01-31");
    expect(await program.ended).toBe(0);
    expect(program.stdout).toMatch(/^ {2}shop sha256:[0-9a-f]{64} identities:read expires=2999-01-31$/m);
  }, 30_000);

  it.each(["tomorrow", "2027-02-30", "2027-13-01", "2027-01-31T18:00:00", ""])("is not created if it should expire at %j", async (expires) => {
    expect(() => createApiKey("shop", ["identities:read"], expires)).toThrow(
      `the expiry of the key "shop" must be an ISO date or date and time, e.g. 2027-01-31 or 2027-01-31T18:00:00Z; received ${JSON.stringify(expires)}`,
    );
  });

  it("is accepted until then, and is a 401 that says when it expired", async () => {
    const server = await startCli({ API_KEYS, KRATOS_ADMIN_URL: "http://127.0.0.1:9" });
    const url = await graphqlUrlOf(server);
    const ask = async ({ key }: { key: string }) => {
      const response = await fetch(url, { method: "POST", headers: { "content-type": "application/json", authorization: `Bearer ${key}` }, body: '{"query":"{ __typename }"}' });
      return [response.status, ((await response.json()) as any).errors?.[0], response.headers.get("www-authenticate")];
    };
    expect((await ask(lasting))[0]).toBe(200);
    expect((await ask(valid))[0]).toBe(200);
    const message = "The API key expired at 2020-01-31T17:00:00.000Z. Ask the operator of this server for a new one.";
    expect(await ask(expired)).toEqual([401, { message, extensions: { code: "UNAUTHENTICATED" } }, 'Bearer realm="kratos-graphql", error="invalid_token"']);
  }, 30_000);

  it("is in the list of keys with its scopes and expiry, the first one to expire on top", async () => {
    const program = await startCli({ API_KEYS }, "keys", "list");
    expect([await program.ended, program.stderr]).toEqual([0, ""]);
    expect(program.stdout.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
      ["NAME", "EXPIRES", "SCOPES"],
      ["shop-2020", "2020-01-31T17:00:00.000Z (expired)", "identities:read"],
      ["shop-2999", "2999-01-31T00:00:00.000Z", "identities:read"],
      ["desk", "never", "identities:read,flows:read"],
      [""],
    ]);
  }, 30_000);

  it("is verified from standard input, as `keys create` has printed it", async () => {
    const printed = `Give this key to its owner.\n\n  ${valid.key}\n\n  ${valid.line}\n`;
    expect(await verify(printed)).toEqual([0, expect.stringMatching(/^The server accepts this key\.\n\n {2}name +shop-2999\n {2}expires +2999-01-31T00:00:00.000Z\n {2}scopes +identities:read\n$/)]);
    expect(await verify(expired.key)).toEqual([1, 'kratos-graphql: the server would reject this key: "shop-2020" expired at 2020-01-31T17:00:00.000Z.']);
    expect(await verify(createApiKey("other", ["identities:read"]).key)).toEqual([1, "kratos-graphql: the server would reject this key: it is none of the keys in API_KEYS."]);
    expect(await verify(valid.line)).toEqual([1, "kratos-graphql: expected a key on standard input, which begins with kg_; received none."]);
  }, 30_000);

  it("is looked up in API_KEYS only, without a valid configuration of the server", async () => {
    const program = await startCli({ API_KEYS_FILE: "/nowhere", PORT: "x" }, "keys", "list");
    expect([await program.ended, program.stderr.split("\n")[0]]).toEqual([1, 'kratos-graphql: API_KEYS_FILE must be the path of a readable file; received "/nowhere" (ENOENT).']);
    const unset = await startCli({}, "keys", "list");
    expect([await unset.ended, unset.stderr.split("\n")[0]]).toEqual([1, "kratos-graphql: expected the keys of the server in API_KEYS, or in the file that API_KEYS_FILE names; neither is set."]);
  }, 30_000);
});
