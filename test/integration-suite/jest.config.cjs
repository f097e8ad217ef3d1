const { projects } = require("../../jest.config.cjs");

const { testEnvironment, setupFiles, moduleNameMapper, transform, transformIgnorePatterns } = projects[0];

/** The suite's tests of what is otherwise here on purpose. What needs graphql 17, which needs Node 22, it skips by itself. */
const OTHERWISE_HERE = [
  // It looks for a word of the JSON parser's; here the caller is told what was expected.
  "throws an error if POST JSON is malformed",
  // It sends an array of 100 operations; here 10 are the most.
  "can handle batch requests in parallel",
  // They look for no Cache-Control header; here each answer has at least `no-store`.
  "runs when cache-control is disabled",
  "cache-control not set without any hints with if-cacheable",
];

/** Apollo's suite takes jest 29, and the version of Apollo Server that it was made with. */
module.exports = {
  rootDir: "../..",
  roots: ["<rootDir>/test/integration-suite", "<rootDir>/src"],
  testMatch: ["<rootDir>/test/integration-suite/*.test.ts"],
  testNamePattern: `^(?!.*(${OTHERWISE_HERE.join("|")})$)`,
  testEnvironment,
  setupFiles,
  moduleNameMapper,
  transform,
  transformIgnorePatterns,
  forceExit: true,
};
