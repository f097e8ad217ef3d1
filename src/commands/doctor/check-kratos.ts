import { KratosError, type Features, type Kratos } from "../../kratos/index.js";
import { fault, note, ok, type Finding } from "./finding.js";

/** How far the clocks may be apart before tokens and the expiry of links go wrong. */
const MOST_SKEW_MS = 5_000;

/** What a release does not have, by the feature that came later. */
const MISSING: readonly (readonly [keyof Features, check: string, seen: string])[] = [
  ["state", "Identity.state", "null: Kratos has it from v0.7 on"],
  ["metadata", "Identity.metadataPublic, metadataAdmin", "null: Kratos has them from v0.10 on"],
  ["patch", "updateIdentity", "two requests, a read and a replacement: before v0.11 Kratos cannot change a part"],
  ["idsFilter", "identities by id, _entities", "a request for each, 16 at a time: Kratos takes several ids at once from v1.1 on"],
];

/** Whether Kratos is reached at both its addresses, which release it is, and whether the clocks agree. */
export async function checkKratos(kratos: Kratos, adminUrl: string, publicUrl: string | undefined): Promise<Finding[]> {
  const admin = await kratos.system.reach("admin");
  if (!admin) return [fault("Kratos' admin API", `not reached at ${adminUrl}: is Kratos up, is KRATOS_ADMIN_URL right, does a network policy allow it?`)];
  const findings = [ok("Kratos' admin API", `reached at ${adminUrl}`)];

  const { ready, failing } = await kratos.system.readiness();
  findings.push(ready ? ok("Kratos' health", "ready") : fault("Kratos' health", `not ready: ${failing.join(", ") || "it does not say why"} (see Kratos' own log)`));

  try {
    const { version, features } = await kratos.system.release();
    findings.push(ok("Kratos' version", version));
    if (features.publicPort) findings.push(await checkPublic(kratos, publicUrl, version));
    for (const [feature, check, seen] of MISSING) if (!features[feature]) findings.push(note(check, seen));
  } catch (error) {
    if (!(error instanceof KratosError)) throw error;
    findings.push(fault("Kratos' version", error.message));
  }
  findings.push(checkClock(admin.date));
  return findings;
}

async function checkPublic(kratos: Kratos, publicUrl: string | undefined, version: string): Promise<Finding> {
  const check = "Kratos' public API";
  if (publicUrl === undefined) return fault(check, `KRATOS_PUBLIC_URL is not set: ${version} serves flows, self-service errors and identity schemas there`);
  if (await kratos.system.reach("public")) return ok(check, `reached at ${publicUrl}`);
  return fault(check, `not reached at ${publicUrl}: is KRATOS_PUBLIC_URL right, does a network policy allow it?`);
}

function checkClock(date: Date | undefined): Finding {
  if (!date) return note("Clock", "Kratos, or a proxy before it, does not say what time it has");
  const skew = Math.abs(Date.now() - date.getTime());
  // The header has whole seconds.
  if (skew <= MOST_SKEW_MS) return ok("Clock", "as Kratos' clock, give or take a second");
  return fault("Clock", `${Math.round(skew / 1000)} s off Kratos' clock: set both by NTP, or tokens and links expire at the wrong time`);
}
