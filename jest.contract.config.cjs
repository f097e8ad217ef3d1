const { projects } = require("./jest.config.cjs");

/** The contract suite against the Kratos that KRATOS_ADMIN_URL and KRATOS_PUBLIC_URL name. */
module.exports = {
  ...projects[0],
  displayName: "contract on a running Kratos",
  globals: { KRATOS_UNDER_TEST: "environment" },
  globalSetup: "<rootDir>/test/support/running-kratos.cjs",
  testTimeout: 60_000,
};
