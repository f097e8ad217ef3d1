/** The identity schemas to choose from: the IDs in kratos.yml. The graph cannot list them. */
export const SCHEMA_IDS = ["default", "device"] as const;
