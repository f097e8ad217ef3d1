import { getFeatures, type Features } from "../../src/kratos/features.js";
import { startFakeKratos, type FakeKratosVersion } from "../fake-kratos/index.js";

/** Set by the configuration of jest: a version of the fake Kratos, or the Kratos in the environment. */
declare const KRATOS_UNDER_TEST: FakeKratosVersion | "environment";

export interface KratosUnderTest {
  readonly adminUrl: string;
  readonly publicUrl: string;
  stop(): Promise<unknown>;
}

const { KRATOS_ADMIN_URL, KRATOS_PUBLIC_URL, KRATOS_SHORT_LIVED_ADMIN_URL, KRATOS_SHORT_LIVED_PUBLIC_URL } = process.env;

/** Whether the suite runs on a fake Kratos, where much data takes no time. */
export const isFake = KRATOS_UNDER_TEST !== "environment";

/** Starts the Kratos of the contract suite. */
export async function startKratos(): Promise<KratosUnderTest> {
  if (KRATOS_UNDER_TEST !== "environment") return startFakeKratos({ version: KRATOS_UNDER_TEST });
  return running(KRATOS_ADMIN_URL, KRATOS_PUBLIC_URL, "KRATOS_ADMIN_URL and KRATOS_PUBLIC_URL");
}

/**
 * Starts a second Kratos of the same version, whose flows expire after a second, and with verification and the link method
 * disabled.
 */
export async function startShortLivedKratos(): Promise<KratosUnderTest> {
  if (KRATOS_UNDER_TEST !== "environment") {
    return startFakeKratos({ version: KRATOS_UNDER_TEST, shortLived: true });
  }
  return running(KRATOS_SHORT_LIVED_ADMIN_URL, KRATOS_SHORT_LIVED_PUBLIC_URL, "KRATOS_SHORT_LIVED_…_URL");
}

/** Describes tests that need the short-lived Kratos. On a real Kratos they run only if there is a second one. */
export const describeShortLived =
  KRATOS_UNDER_TEST !== "environment" || KRATOS_SHORT_LIVED_ADMIN_URL ? describe : describe.skip;

function running(adminUrl: string | undefined, publicUrl: string | undefined, names: string): KratosUnderTest {
  if (!adminUrl || !publicUrl) throw new Error(`Set ${names} to a running Kratos.`);
  return { adminUrl, publicUrl, stop: async () => {} };
}

/** What the Kratos under test has, by its version. */
export async function featuresOf({ adminUrl }: KratosUnderTest): Promise<Features> {
  const { version } = (await (await fetch(`${adminUrl}/version`)).json()) as { version: string };
  return getFeatures(version);
}

/** Describes tests that need the two identity schemas in src/fake-kratos/schemas, as `default` and `device`. */
export const describeSampleSchemas =
  KRATOS_UNDER_TEST !== "environment" || process.env["KRATOS_HAS_SAMPLE_SCHEMAS"] ? describe : describe.skip;
