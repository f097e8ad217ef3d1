import type { Kratos } from "../../kratos/index.js";
import type { Health } from "./health.type.js";

/** Asks Kratos how it is. Never fails: not to reach it is an answer too. */
export async function healthOf(kratos: Kratos): Promise<Health> {
  const [alive, { ready, failing }] = await Promise.all([kratos.system.isAlive(), kratos.system.readiness()]);
  if (!alive) return { alive, ready: false, errors: [{ name: "kratos", message: "Kratos cannot be reached." }] };
  const errors = failing.map((name) => ({ name, message: `Kratos is not ready: its ${name} check fails.` }));
  if (!ready && errors.length === 0) errors.push({ name: "kratos", message: "Kratos is not ready and does not say why." });
  return { alive, ready, errors };
}
