import type { IncomingMessage } from "node:http";
import { text as readText } from "node:stream/consumers";
import { graphqlUrlOf, startCli } from "../support/child-process.js";
import { fetchGraphQL, startLoopbackServer } from "../support/http.js";
import { stopAfterTest } from "../support/lifecycle.js";
import { startScriptedKratos, type Scripted } from "../support/scripted-kratos.js";
import { startFacade } from "../support/use-facade.js";

const ID = "11111111-1111-4111-8111-111111111111";
const PASSWORD = "planted-password";
const HASH = `$2a$10$${"planted.hash".padEnd(53, "x")}`;
const CREATE = "mutation ($input: CreateIdentityInput!) { createIdentity(input: $input) { identity { id traits metadataAdmin } userErrors { code message path } } }";

const input = (credentials: unknown) => ({ schemaId: "default", traits: { email: "ann@example.com" }, credentials });
/** All ways in which a password can be sent, some of them wrong. */
const INPUTS = [
  input({ password: { password: PASSWORD } }),
  input({ password: { hashedPassword: HASH } }),
  input({ password: { password: PASSWORD, hashedPassword: HASH } }),
  input({ password: { hashedPassword: PASSWORD } }),
  input({ password: { hashedPassword: HASH.slice(0, -1) } }),
  input({ password: { password: PASSWORD.repeat(10) } }),
  input({ password: PASSWORD }),
  input({ password: { password: [PASSWORD, HASH] } }),
  input({ password: { hash: HASH } }),
  input({ passwords: HASH }),
  input(PASSWORD),
  { ...input({ password: { password: PASSWORD } }), email: "ann@example.com" },
];

/** What Kratos answers to what it gets. It never repeats a password itself. */
const ANSWERS: readonly Scripted[] = [
  { status: 201, json: { id: ID, schema_id: "default", schema_url: "", traits: { email: "ann@example.com" }, credentials: { password: { config: { hashed_password: HASH } } } } },
  { status: 400, json: { error: { reason: "The imported password does not match any known hash format." } } },
  { status: 500, json: { error: { message: "I[#/password] S[] the password does not fulfill the password policy" } } },
  { status: 201, json: { id: HASH } },
];

it("no response, log line, audit, metric or trace repeats a password or its hash", async () => {
  const spans: string[] = [];
  const collector = await stopAfterTest(
    startLoopbackServer(async (request, response) => {
      spans.push(await readText(request));
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    }),
  );
  let answer = ANSWERS[0];
  const received: string[] = [];
  const script = (request: IncomingMessage) => {
    if (request.method !== "POST") return undefined;
    void readText(request).then((body) => received.push(body));
    return answer;
  };
  const kratos = await stopAfterTest(startScriptedKratos("v26.2.0", script));
  const program = await startCli({
    KRATOS_ADMIN_URL: kratos.adminUrl,
    LOG_LEVEL: "trace",
    METRICS_PORT: "0",
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
  });
  const url = await graphqlUrlOf(program);
  const [, metricsUrl = ""] = await program.waitFor(/Metrics are at (http:[^"]+\/metrics)/);
  const replies: unknown[] = [];
  for (answer of ANSWERS) for (const one of INPUTS) replies.push(await fetchGraphQL(url, { query: CREATE, variables: { input: one } }));
  const metrics = await (await fetch(metricsUrl)).text();
  program.kill("SIGINT");
  await program.ended;

  const out = { replies: JSON.stringify(replies), output: program.output, metrics, spans: spans.join() };
  for (const [where, text] of Object.entries(out)) expect([where, /planted.{0,40}/.exec(text)?.[0]]).toEqual([where, undefined]);
  // There is something to search everywhere, and both arrive at Kratos.
  expect(out.replies).toContain("hashedPassword");
  expect(out.output).toContain('"outcome":"DONE"');
  expect(out.metrics).toContain("createIdentity");
  expect(out.spans).toContain("createIdentity");
  expect(received.join()).toContain(`{"password":{"config":{"password":"${PASSWORD}"}}}`);
  expect(received.join()).toContain(`{"password":{"config":{"hashed_password":"${HASH}"}}}`);
});

it("the error of an invalid input says where it is, and repeats nothing that imitates a place", async () => {
  const facade = await startFacade(await stopAfterTest(startScriptedKratos("v26.2.0")));
  const query = "mutation ($input: ImportIdentitiesInput!) { importIdentities(input: $input) { userErrors { code } } }";
  const imitation = `x" at "input.${PASSWORD}"; x`;
  const broken: readonly (readonly [unknown, string])[] = [
    [{ ...input({ password: { password: PASSWORD } }), foo: 1 }, "input.identities[1]"],
    [input({ password: { password: PASSWORD, hashedPassword: HASH } }), "input.identities[1].credentials.password"],
    [input({ password: { password: [imitation] } }), "input.identities[1].credentials.password.password"],
    [input(imitation), "input.identities[1].credentials"],
  ];
  for (const [identity, place] of broken) {
    // The first executions are not compiled.
    for (let n = 0; n < 10; n++) {
      const { errors } = await facade.send(query, { input: { identities: [input(undefined), identity] } });
      expect(errors![0]!.message).toBe(`Variable "$input" got an invalid value at "${place}", which is not repeated here because it may contain a password. Compare the value with the schema.`);
    }
  }
});

it.each([
  [`{ password: ["${PASSWORD}"] }`, "String cannot represent a non string value. The value is not repeated here because it may contain a password."],
  [`"${PASSWORD}"`, 'Expected value of type "NewPasswordInput". The value is not repeated here because it may contain a password.'],
])("the error of the invalid literal %s does not repeat it", async (literal, message) => {
  const facade = await startFacade(await stopAfterTest(startScriptedKratos("v26.2.0")));
  const { errors } = await facade.send(
    `mutation { createIdentity(input: { schemaId: "default", traits: {}, credentials: { password: ${literal} } }) { userErrors { code } } }`,
  );
  expect(errors!.map((error) => error.message)).toEqual([message]);
});
