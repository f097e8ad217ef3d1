/** One process, no subscriptions, nothing logged but errors. Responses are not cached, which is the default. */
export const gatewayConfig = {
  transportEntries: { kratos: { location: process.env.KRATOS_ADMIN_URL } },
  logging: "error",
};
