/** The identity schemas to choose from: the ids in kratos.yml. Kratos' admin API has no list of them. */
export const SCHEMA_IDS = ["default", "device"] as const;
