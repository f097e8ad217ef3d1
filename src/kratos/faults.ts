import type { Fault } from "./fault.js";
import { publicText } from "./public-text.js";
import { faultsInValidation } from "./validation-faults.js";
import type { WireErrorBody } from "./wire.js";

export const badDuration: Fault = {
  path: ["expires_in"],
  message: 'Kratos refuses this duration. Expected one such as "12h", "1h30m" or "4ms": greater than zero, less than 292 years.',
};

/** The faults that Kratos has a sentence of its own for. */
const SENTENCES: readonly (readonly [RegExp, (found: string) => Fault])[] = [
  [/^Unable to find JSON Schema ID: (.*)$/s, (id) => ({ path: ["schema_id"], message: `Kratos has no identity schema "${id.slice(0, 100)}".` })],
  [/"expires_in"/, () => badDuration],
  [/^The identity does not have any recovery addresses set/, () => ({ path: ["identity_id"], message: "The identity has no recovery address." })],
];

/** What is wrong with a request body that Kratos refused: at least one fault. */
export function faultsIn(body: WireErrorBody | undefined): readonly Fault[] {
  const reason = body?.reason ?? "";
  const faults = faultsInValidation(reason);
  if (faults.length > 0) return faults;
  for (const [pattern, fault] of SENTENCES) {
    const found = pattern.exec(reason);
    if (found) return [fault(found[1] ?? "")];
  }
  return [{ path: [], message: publicText(reason) ?? publicText(body?.message) ?? "Kratos refuses this input." }];
}
