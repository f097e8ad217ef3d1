import { ConfigError, loadConfig } from "../../src/config.js";

const mistakeIn = (env: Record<string, string>, args: string[] = []): string => {
  try {
    loadConfig(env, args);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
  throw new Error("the configuration was taken");
};

it("an empty environment is the embedded Kratos on 127.0.0.1:4000, closed to other origins", () => {
  expect(loadConfig({}, [])).toEqual({
    kratosAdminUrl: undefined,
    kratosPublicUrl: undefined,
    kratosVersion: undefined,
    kratosTimeoutMs: 10_000,
    host: "127.0.0.1",
    port: 4000,
    corsOrigins: [],
    maxBodyBytes: 1_000_000,
    explorers: true,
  });
});

it("explorers are off in production unless they are switched on, and on elsewhere unless they are switched off", () => {
  const explorers = (env: Record<string, string>) => loadConfig(env, []).explorers;
  expect(explorers({ NODE_ENV: "production" })).toBe(false);
  expect(explorers({ NODE_ENV: "production", EXPLORERS: "" })).toBe(false);
  expect(explorers({ NODE_ENV: "production", EXPLORERS: "true" })).toBe(true);
  expect(explorers({ NODE_ENV: "development" })).toBe(true);
  expect(explorers({ EXPLORERS: "false" })).toBe(false);
});

it("an empty variable counts as not set", () => {
  expect(loadConfig({ KRATOS_ADMIN_URL: "", PORT: "" }, []).port).toBe(4000);
});

it("every variable is taken", () => {
  const env = {
    KRATOS_ADMIN_URL: "http://kratos:4434/base/",
    KRATOS_PUBLIC_URL: "https://kratos.example.com",
    KRATOS_VERSION: "v1.3.1",
    KRATOS_TIMEOUT_MS: "500",
    HOST: "0.0.0.0",
    PORT: "80",
    CORS_ORIGINS: "https://a.example.com, http://localhost:3000",
    MAX_BODY_BYTES: "5000",
    EXPLORERS: "false",
  };
  expect(loadConfig(env, [])).toEqual({
    kratosAdminUrl: env.KRATOS_ADMIN_URL,
    kratosPublicUrl: env.KRATOS_PUBLIC_URL,
    kratosVersion: "v1.3.1",
    kratosTimeoutMs: 500,
    host: "0.0.0.0",
    port: 80,
    corsOrigins: ["https://a.example.com", "http://localhost:3000"],
    maxBodyBytes: 5000,
    explorers: false,
  });
});

it.each([
  [{ KRATOS_ADMIN_URL: "kratos:4434" }, 'KRATOS_ADMIN_URL must be an http or https address without user, password and query, as http://127.0.0.1:4434; it is "kratos:4434"'],
  [{ KRATOS_ADMIN_URL: "ftp://kratos" }, 'KRATOS_ADMIN_URL must be an http or https address without user, password and query, as http://127.0.0.1:4434; it is "ftp://kratos"'],
  [{ KRATOS_VERSION: "newest" }, 'KRATOS_VERSION must be a version of Kratos in full, as v1.3.1 or v0.6.3-alpha.1; it is "newest"'],
  [{ PORT: "70000" }, 'PORT must be a whole number from 0 to 65535, as 4000; it is "70000"'],
  [{ PORT: "4k" }, 'PORT must be a whole number from 0 to 65535, as 4000; it is "4k"'],
  [{ EXPLORERS: "yes" }, 'EXPLORERS must be true or false; it is "yes"'],
  [{ CORS_ORIGINS: "*" }, 'CORS_ORIGINS must be origins parted by commas, as https://app.example.com; it is "*"'],
  [{ KRATOS_PUBLIC_URL: "http://kratos:4433" }, "KRATOS_PUBLIC_URL is set without KRATOS_ADMIN_URL; set both, or none to try the embedded Kratos"],
  [{ KRATOS_VERSION: "v1.3.1" }, "KRATOS_VERSION is set without KRATOS_ADMIN_URL; set both, or none to try the embedded Kratos"],
  [
    { KRATOS_ADMIN_URL: "http://admin:hunter2@kratos:4434" },
    'KRATOS_ADMIN_URL must be an http or https address without user, password and query, as http://127.0.0.1:4434; it is "http://…@kratos:4434"',
  ],
])("the mistake in %j is named with what was expected and what came", (env, message) => {
  expect(mistakeIn(env as Record<string, string>)).toBe(message);
});

it("all mistakes are named in one go", () => {
  const message = mistakeIn({ PORT: "x", KRATOS_ADMIN_URL: "x", MAX_BODY_BYTES: "0" });
  for (const name of ["PORT", "KRATOS_ADMIN_URL", "MAX_BODY_BYTES"]) expect(message).toContain(`${name} must be`);
});

it.each([["--port"], ["-x"], ["serve"]])("the argument %s is refused with a word on the environment", (argument) => {
  const message = mistakeIn({}, [argument]);
  expect(message).toContain(argument);
  expect(message).toContain("environment variables");
});
