/** Hive Gateway runs in one process and logs errors only. It does not cache responses, which is the default. */
export const gatewayConfig = {
  transportEntries: { kratos: { location: process.env.KRATOS_ADMIN_URL } },
  logging: "error",
};
