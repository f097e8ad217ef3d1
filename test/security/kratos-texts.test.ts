import { startScriptedKratos } from "../support/scripted-kratos.js";
import { dataOf, useFacade } from "../support/use-facade.js";

/* Kratos passes on texts of its libraries, and texts of callers. */

let status = 200;
let error: Record<string, unknown> = {};
const { facade } = useFacade(() =>
  startScriptedKratos("v26.2.0", (_request, path) => {
    if (path === "/version") return undefined;
    return { status, json: status === 200 ? { id: "x", error } : { error } };
  }),
);

describe("a self-service error", () => {
  const read = async (json: Record<string, unknown>) => {
    [status, error] = [200, json];
    const { selfServiceError } = dataOf(await facade.send('{ selfServiceError(id: "x") { errors { code status message reason errorId details } } }'));
    return selfServiceError.errors[0];
  };

  it.each([
    "dial tcp 10.0.0.5:5432: connect: connection refused",
    "lookup db.internal on 10.0.0.10:53: no such host",
    "lookup db on dns: no such host",
    'failed to connect to `host=db user=kratos database=kratos`: server error (FATAL: password authentication failed for user "kratos" (SQLSTATE 28P01))',
    'pq: duplicate key value violates unique constraint "identity_credential_identifiers_identifier_nid_type_uq_idx"',
    'ERROR: relation "identities" does not exist (SQLSTATE 42P01)',
    "Error 1146: Table 'kratos.identities' doesn't exist",
    "sql: no rows in result set",
    "database is locked",
    "context deadline exceeded",
    "unexpected EOF",
    "x509: certificate signed by unknown authority",
    "unable to fetch http://hydra-admin.internal/clients",
    "the mail server mailhog:1025 cannot be reached",
    "[fd00::1]:4434",
    "goroutine 12 [running]",
    "github.com/ory/kratos/identity/pool.go:7",
  ])("contains no text of the database or the network: %s", async (text) => {
    for (const code of [500, undefined]) {
      const details = { message: text, list: [text, { deeper: text }], count: 1 };
      const { details: shown, ...rest } = await read({ code, status: text, message: text, reason: text, id: text, details });
      expect(rest).toEqual({ code: code ?? null, status: null, message: null, reason: null, errorId: null });
      expect(shown).toEqual({ message: null, list: [null, { deeper: null }], count: 1 });
    }
  });

  it("contains the texts that Kratos wrote for its user, and links to its documentation", async () => {
    const shown = {
      code: 403,
      status: "Forbidden",
      message: "The requested action was forbidden",
      reason: "Please retry the flow and optionally clear your cookies. The request was rejected to protect you from Cross-Site-Request-Forgery (CSRF).",
      details: { docs: "https://www.ory.sh/kratos/docs/debug/csrf", hint: "The anti-CSRF cookie was found but the CSRF token was not included.", reject_reason: "No token" },
    };
    expect(await read({ ...shown, id: "security_csrf_violation", debug: "pool.go:7" })).toEqual({ ...shown, errorId: "security_csrf_violation" });
  });
});

describe("a rejected input", () => {
  const reject = async (reason: unknown) => {
    [status, error] = [400, { reason }];
    const query = 'mutation { createIdentity(input: { schemaId: "default", traits: {} }) { userErrors { message path } } }';
    const { createIdentity } = dataOf(await facade.send(query));
    return { userErrors: createIdentity.userErrors };
  };

  it.each([
    ["a host without a port", "a.".repeat(80_000)],
    ["a URL without a scheme", "a-".repeat(80_000)],
    ["a name server's question", "lookup ".repeat(25_000)],
    ["an address", "1.".repeat(80_000)],
    ["spaces", " ".repeat(160_000)],
    ["lines", "I[#/\n".repeat(30_000)],
    ["brackets", "I[#".repeat(50_000)],
    ["quotes", `I[#/a] S[#] missing properties: ${'"\\'.repeat(80_000)}`],
    ["percent signs", `I[#/${"%".repeat(160_000)}] S[#] is wrong`],
    ["what was disabled", "endpoint was ".repeat(12_000)],
  ])("takes no long time if it repeats a long text of a caller: %s", async (_what, reason) => {
    // With a quadratic pattern, it would exceed jest's timeout.
    expect((await reject(reason)).userErrors.length).toBeGreaterThan(0);
  });

  it("has at most a hundred errors", async () => {
    const names = Array.from({ length: 20_000 }, (_, at) => `"p${at}"`).join(", ");
    expect((await reject(`I[#/traits] S[#] additionalProperties ${names} not allowed`)).userErrors).toHaveLength(100);
  });

  it("has the path as Kratos wrote it if it is not percent-encoded", async () => {
    expect((await reject("I[#/traits/%zz%20~1] S[#/x] is wrong")).userErrors).toEqual([{ message: "is wrong", path: ["input", "traits", "%zz%20/"] }]);
  });

  it("has a fixed message if Kratos gives a reason that is not text", async () => {
    for (const reason of [1, { a: 1 }, ["I[#/a] S[#] x"], true, null]) {
      expect((await reject(reason)).userErrors).toEqual([{ message: "Kratos rejected the input.", path: ["input"] }]);
    }
  });
});
