const { projects } = require("./jest.config.cjs");

/** What is shipped: the npm package, installed in an empty folder from the registry's packages, and the image's files. */
module.exports = {
  ...projects[0],
  displayName: "package",
  globals: {},
  testMatch: ["<rootDir>/test/package/**/*.test.ts"],
  testTimeout: 60_000,
};
