#!/usr/bin/env node
import "reflect-metadata";
import { Command } from "commander";
import type * as KeysCommands from "./commands/keys.js";
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
  HOST, PORT         address to listen on, by default 127.0.0.1 and 4000. A HOST that
                     other machines can reach requires API keys or JWTs
  NODE_ENV           "production" turns off explorers and introspection
  LOG_LEVEL          trace, debug, info, warn, error or silent

Each variable can be read from a file: append _FILE to its name. If a variable is
invalid, the server does not start, and lists all problems. For all variables, see
docs/configuration.md in the repository.
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
  .description("print the SDL of the subgraph, for a schema registry")
  .option("--api", "print the schema for clients and code generators instead, without federation")
  .option("--no-auth-directives", "leave out @authenticated and @requiresScopes, e.g. for Apollo Gateway")
  .allowExcessArguments(false)
  .action(async ({ api, authDirectives }: { api?: true; authDirectives: boolean }) => {
    const { buildFacadeSchema } = await import("./graphql/schema.js");
    const { sdl, apiSdl } = buildFacadeSchema({ authDirectives });
    process.stdout.write(api ? apiSdl : sdl);
  });

program
  .command("doctor")
  .description("check a deployment: the configuration, authentication, Redis, Kratos, its version and clock")
  .allowExcessArguments(false)
  .action(async () => (await import("./commands/doctor/doctor.js")).doctor());

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

program.parseAsync().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
