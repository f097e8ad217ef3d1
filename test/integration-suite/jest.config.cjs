const { projects } = require("../../jest.config.cjs");

const { testEnvironment, setupFiles, moduleNameMapper, transform, transformIgnorePatterns } = projects[0];

/** Tests of the suite from which this server deviates on purpose. The suite itself skips what needs graphql 17, which needs Node 22. */
const DEVIATIONS = [
  // Expects a message of the JSON parser. This server says what it expects.
  "throws an error if POST JSON is malformed",
  // Sends an array of 100 operations. This server allows 10.
  "can handle batch requests in parallel",
  // Expect no Cache-Control header. This server sends at least `no-store`.
  "runs when cache-control is disabled",
  "cache-control not set without any hints with if-cacheable",
  // Expects Apollo Server's message. This server's names the header to send.
  "CSRF prevention default",
  // Request HTML. This server has pages of its own, and accepts only JSON at its GraphQL endpoint.
  "renderLandingPage .*",
  // Accept only multipart/mixed. The schema of this server has no @defer.
  "incremental delivery .*",
];

/** Apollo's suite needs jest 29 and a matching version of Apollo Server. */
module.exports = {
  rootDir: "../..",
  roots: ["<rootDir>/test/integration-suite", "<rootDir>/src"],
  testMatch: ["<rootDir>/test/integration-suite/*.test.ts"],
  testNamePattern: `^(?!.*(${DEVIATIONS.join("|")})$)`,
  testEnvironment,
  setupFiles,
  moduleNameMapper,
  transform,
  transformIgnorePatterns,
  forceExit: true,
};
