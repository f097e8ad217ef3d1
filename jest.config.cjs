/** What all test projects have in common: TypeScript through swc, as CommonJS, ESM-only packages included. */
const common = {
  testEnvironment: "node",
  setupFiles: ["reflect-metadata"],
  moduleNameMapper: { "^(\\.{1,2}/.*)\\.js$": "$1" },
  transform: {
    "^.+\\.(t|j)s$": [
      "@swc/jest",
      {
        jsc: {
          target: "es2022",
          parser: { syntax: "typescript", decorators: true, importAttributes: true },
          transform: { legacyDecorator: true, decoratorMetadata: false, useDefineForClassFields: false },
        },
        module: { type: "commonjs" },
      },
    ],
  },
  transformIgnorePatterns: ["/node_modules/(?!(jose|ky|leven|p-map)/)"],
};

/** The contract suite against the fake Kratos as one release. */
const contractOn = (release) => ({
  ...common,
  displayName: `contract on fake ${release}`,
  testMatch: ["<rootDir>/test/contract/**/*.test.ts"],
  globals: { KRATOS_UNDER_TEST: release },
});

module.exports = {
  globalSetup: "<rootDir>/test/support/bundle-program.cjs",

  // No test asserts how long something takes, and the machine may be busy.
  testTimeout: 20_000,

  // By itself jest leaves a core idle, and these tests wait for servers half of their time.
  maxWorkers: "100%",

  projects: [
    contractOn("v0.6.3-alpha.1"),
    contractOn("v26.2.0"),
    { ...common, displayName: "facade", testMatch: ["<rootDir>/test/facade/**/*.test.ts"] },
    { ...common, displayName: "security", testMatch: ["<rootDir>/test/security/**/*.test.ts"] },
    { ...common, displayName: "faults", testMatch: ["<rootDir>/test/faults/**/*.test.ts"] },
    { ...common, displayName: "deploy", testMatch: ["<rootDir>/test/deploy/**/*.test.ts"] },
    { ...common, displayName: "schema", testMatch: ["<rootDir>/test/schema/**/*.test.ts"] },
  ],
};
