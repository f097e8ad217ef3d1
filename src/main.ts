#!/usr/bin/env node
import "reflect-metadata";
import { Command, type CommanderError, InvalidArgumentError } from "commander";
import type { ExportOptions } from "./commands/export.js";
import type { ImportOptions } from "./commands/import/import.js";
import type * as KeysCommands from "./commands/keys.js";
import type { SchemaOptions } from "./commands/schema.js";
import { SCOPES } from "./graphql/scopes.js";
import { BUILD, describeBuild } from "./server/build.js";

const HELP = `
Try it out with the built-in fake Kratos and sample identities:

  kratos-graphql

Use your own Kratos, for callers with a key:

  kratos-graphql keys create --name web-shop --scopes identities:read >web-shop.txt
  grep sha256: web-shop.txt >api-keys
  export KRATOS_ADMIN_URL=http://127.0.0.1:4434 KRATOS_PUBLIC_URL=http://127.0.0.1:4433
  export API_KEYS_FILE=api-keys
  kratos-graphql doctor && kratos-graphql serve

The most important environment variables:

  KRATOS_ADMIN_URL   Kratos admin API; if it is not set, the built-in fake Kratos is used
                     (in production only with KRATOS_EMBEDDED=true)
  KRATOS_PUBLIC_URL  Kratos public API; flows, errors and schemas require it since v0.7
  API_KEYS           keys of callers, one per line, as printed by "keys create".
                     For JWTs, set JWT_ISSUER, JWT_AUDIENCE and JWT_JWKS_URL instead
  KRATOS_SESSIONS    "true" also accepts signed-in users with their sessions of Kratos,
                     who read and change their own data with "viewer"
  HOST, PORT         address to listen on, by default 127.0.0.1 and 4000. A HOST that
                     other machines can reach requires authentication
  NODE_ENV           "production" turns off explorers and introspection
  LOG_LEVEL          trace, debug, info, warn, error or silent

Each variable can be read from a file: append _FILE to its name. If a variable is
invalid, the server does not start, and lists all problems. For all variables, see
docs/configuration.md in the repository.
`;

const IMPORT_HELP = `
The command uses the same Kratos as the server: set KRATOS_ADMIN_URL and KRATOS_PUBLIC_URL. Kratos v0.13
or later is required.

  kratos-graphql import --dry-run users.ndjson
  kratos-graphql import users.ndjson
  kratos-graphql import --schema-id default --map "E-Mail=traits.email" users.csv

If the import is interrupted or killed, run the same command again: it continues, and imports
no identity twice. The journal records which identities are done. Those that had been sent, but
not confirmed, are looked up in Kratos by their external IDs or identifiers.

The exit code is 0 if all identities were imported, 1 if some failed, and 2 if the import could
not run or was stopped. See docs/import.md in the repository.
`;

const program = new Command("kratos-graphql")
  .description("A GraphQL server for the Ory Kratos admin API. It is configured with environment variables.")
  .version(describeBuild(BUILD))
  .showHelpAfterError("See kratos-graphql --help. Settings are environment variables, e.g. KRATOS_ADMIN_URL and PORT.")
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error:/, "kratos-graphql:")) })
  .allowExcessArguments(false)
  .addHelpText("after", HELP);

program
  .command("serve", { isDefault: true })
  .description("run the server (the default command)")
  .allowExcessArguments(false)
  .action(async () => (await import("./commands/serve.js")).serve());

program
  .command("schema")
  .description("print the SDL of the subgraph, for a schema registry. With TRAITS_SCHEMAS, it has typed traits")
  .option("--api", "print the schema for clients and code generators instead, without federation")
  .option("--no-auth-directives", "leave out @authenticated and @requiresScopes, e.g. for Apollo Gateway")
  .option("--check <file>", "print what breaks the clients of the released schema in the file instead, and exit with 1 if something does")
  .allowExcessArguments(false)
  .exitOverride(exitWith2)
  .action((options: SchemaOptions, command: Command) => runWithExitCode(command, async () => (await import("./commands/schema.js")).schema(options)));

program
  .command("doctor")
  .description("check a deployment: the configuration, authentication, Redis, Kratos, its version and clock")
  .allowExcessArguments(false)
  .action(async () => (await import("./commands/doctor/doctor.js")).doctor());

program
  .command("import")
  .description("create identities from a file of any size, with their credentials")
  .argument("<file>", "an NDJSON file with the input of createIdentity as a JSON object on each line, or a CSV file whose first row contains the column names; - for standard input")
  .option("--map <column=path>", 'path that a CSV column is mapped to, e.g. "E-Mail=traits.email"; an empty path omits the column. Default: the name of the column, e.g. traits.email', collect, [])
  .option("--csv", "read the file as CSV even if its name does not end with .csv")
  .option("--schema-id <id>", "identity schema for identities that do not specify one")
  .option("--failed <file>", "file for identities that were not imported, with the reasons. Correct it, and import it. Default: <file>.failed.ndjson, without the extension of <file>")
  .option("--journal <file>", "file that records the progress of the import. Default: <file>.journal")
  .option("--concurrency <number>", "number of concurrent requests to Kratos, from 1 to 16", toConcurrency, 2)
  .option("--dry-run", "only validate the file against the identity schemas; import nothing")
  .allowExcessArguments(false)
  .exitOverride(exitWith2)
  .addHelpText("after", IMPORT_HELP)
  .action((file: string, options: ImportOptions, command: Command) => runWithExitCode(command, async () => (await import("./commands/import/import.js")).importFile(file, options)));

program
  .command("export")
  .description("write all identities, without their credentials, to a file that import can read")
  .argument("[file]", "the file, which must not exist yet. Default: standard output")
  .option("--metadata-admin", "include metadataAdmin")
  .allowExcessArguments(false)
  .exitOverride(exitWith2)
  .action((file: string | undefined, options: ExportOptions, command: Command) => runWithExitCode(command, async () => (await import("./commands/export.js")).exportFile(file, options)));

const keys = program.command("keys").description("manage the API keys of callers");

keys
  .command("create")
  .description("create an API key, and print it with its line for API_KEYS")
  .requiredOption("--name <name>", "name of the owner, for the log, e.g. web-shop")
  .requiredOption("--scopes <scopes>", `comma-separated scopes: ${SCOPES.join(", ")}`)
  .option("--expires <date>", "ISO date, or date and time, from which the key is rejected, e.g. 2027-01-31")
  .allowExcessArguments(false)
  .action(({ name, scopes, expires }: { name: string; scopes: string; expires?: string }, command: Command) =>
    runKeys(command, ({ createKey }) => createKey(name, scopes, expires)),
  );

keys
  .command("list")
  .description("list the keys in API_KEYS, with their scopes and when they expire")
  .allowExcessArguments(false)
  .action((_, command: Command) => runKeys(command, ({ listKeys }) => listKeys()));

keys
  .command("verify")
  .description("read a key from standard input, and say whether the server accepts it")
  .allowExcessArguments(false)
  .action((_, command: Command) => runKeys(command, ({ verifyKey }) => verifyKey()));

async function runKeys(command: Command, run: (commands: typeof KeysCommands) => void | Promise<void>): Promise<void> {
  try {
    await run(await import("./commands/keys.js"));
  } catch (error) {
    command.error(`kratos-graphql: ${(error as Error).message}.`);
  }
}

/** Runs a command that has exit codes of its own. */
async function runWithExitCode(command: Command, run: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await run();
  } catch (error) {
    const { explainError } = await import("./commands/kratos.js");
    command.error(`kratos-graphql: ${explainError(error).replace(/\.$/, "")}.`);
  }
}

/** A command that could not run exits with 2, because 1 is one of its results, e.g. that some identities failed. */
function exitWith2({ exitCode }: CommanderError): void {
  process.exit(exitCode === 0 ? 0 : 2);
}

function collect(value: string, values: readonly string[]): readonly string[] {
  return [...values, value];
}

function toConcurrency(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= 16) return number;
  throw new InvalidArgumentError("Expected a number from 1 to 16.");
}

program.parseAsync().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
