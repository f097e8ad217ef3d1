#!/usr/bin/env node
import "reflect-metadata";
import { Command } from "commander";
import { createKey } from "./commands/keys.js";
import { HELP } from "./commands/help.js";
import { SCOPES } from "./graphql/scopes.js";

const program = new Command("kratos-graphql")
  .description("GraphQL over the admin API of Ory Kratos. All settings are environment variables.")
  .showHelpAfterError("See kratos-graphql --help. Settings come from environment variables: KRATOS_ADMIN_URL, PORT and others.")
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error:/, "kratos-graphql:")) })
  .allowExcessArguments(false)
  .addHelpText("after", HELP);

program
  .command("serve", { isDefault: true })
  .description("run the server (this is what happens without a command)")
  .allowExcessArguments(false)
  .action(async () => (await import("./commands/serve.js")).serve());

program
  .command("schema")
  .description("print the subgraph's SDL for a schema registry")
  .allowExcessArguments(false)
  .action(async () => (await import("./commands/print-schema.js")).printSchema());

program
  .command("doctor")
  .description("check a deployment: both of Kratos' addresses, its version, what works there, the clock, the callers' tokens")
  .allowExcessArguments(false)
  .action(async () => (await import("./commands/doctor.js")).doctor());

program
  .command("keys")
  .description("API keys that callers come with")
  .command("create")
  .description("make a key: show it once, and print what to configure")
  .requiredOption("--name <name>", "whose it is, for the log, as web-shop")
  .requiredOption("--scopes <scopes>", `what it may do, parted by commas: ${SCOPES.join(", ")}`)
  .allowExcessArguments(false)
  .action(({ name, scopes }: { name: string; scopes: string }, command: Command) => {
    try {
      createKey(name, scopes);
    } catch (error) {
      command.error(`kratos-graphql: ${(error as Error).message}.`);
    }
  });

program.parseAsync().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
