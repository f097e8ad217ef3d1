const { projects } = require("./jest.config.cjs");

/** The npm package, packed and installed in an empty folder: it asks the registry for what the package depends on. */
module.exports = {
  ...projects[0],
  displayName: "package",
  globals: {},
  testMatch: ["<rootDir>/test/package/**/*.test.ts"],
  testTimeout: 60_000,
  forceExit: true,
};
