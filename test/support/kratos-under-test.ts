import { startFakeKratos, type FakeKratosVersion } from "../fake-kratos/index.js";

/** Set by jest's configuration: a release of the embedded Kratos, or the Kratos that the environment names. */
declare const KRATOS_UNDER_TEST: FakeKratosVersion | "environment";

export interface KratosUnderTest {
  readonly adminUrl: string;
  readonly publicUrl: string;
  stop(): Promise<void>;
}

const { KRATOS_ADMIN_URL, KRATOS_PUBLIC_URL, KRATOS_SHORT_LIVED_ADMIN_URL, KRATOS_SHORT_LIVED_PUBLIC_URL } = process.env;

/** The Kratos that the contract suite runs against. */
export async function startKratos(): Promise<KratosUnderTest> {
  if (KRATOS_UNDER_TEST !== "environment") return startFakeKratos({ version: KRATOS_UNDER_TEST });
  return running(KRATOS_ADMIN_URL, KRATOS_PUBLIC_URL, "KRATOS_ADMIN_URL and KRATOS_PUBLIC_URL");
}

/**
 * A second one of the same release whose flows live for a second, and in which verification and the link method
 * are switched off.
 */
export async function startShortLivedKratos(): Promise<KratosUnderTest> {
  if (KRATOS_UNDER_TEST !== "environment") {
    return startFakeKratos({ version: KRATOS_UNDER_TEST, shortLived: true });
  }
  return running(KRATOS_SHORT_LIVED_ADMIN_URL, KRATOS_SHORT_LIVED_PUBLIC_URL, "KRATOS_SHORT_LIVED_…_URL");
}

/** For what needs the short-lived Kratos: against a real one it runs only where there is a second one. */
export const describeShortLived =
  KRATOS_UNDER_TEST !== "environment" || KRATOS_SHORT_LIVED_ADMIN_URL ? describe : describe.skip;

function running(adminUrl: string | undefined, publicUrl: string | undefined, names: string): KratosUnderTest {
  if (!adminUrl || !publicUrl) throw new Error(`Set ${names} to a running Kratos.`);
  return { adminUrl, publicUrl, stop: async () => {} };
}

/** For what needs the two identity schemas of src/fake-kratos/schemas, as `default` and `device`. */
export const describeSampleSchemas =
  KRATOS_UNDER_TEST !== "environment" || process.env["KRATOS_HAS_SAMPLE_SCHEMAS"] ? describe : describe.skip;
