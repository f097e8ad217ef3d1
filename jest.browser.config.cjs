const { projects } = require("./jest.config.cjs");

/** What needs a browser: the explorers, and the page in examples/react, which `npm run test:browser` builds before. */
module.exports = {
  ...projects[0],
  displayName: "browser",
  globals: {},
  testMatch: ["<rootDir>/test/browser/**/*.test.ts"],
  testTimeout: 30_000,
};
