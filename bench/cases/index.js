import { identities, orders, smallIdentities, typedIdentities } from "./lists.js";
import { identity, smallIdentity, tenIdentities, unknownIdentity, updateIdentity } from "./single.js";

/**
 * What is measured. A case has:
 * - `requests`: for each API (see servers.js) that can answer it, a function that returns the requests to send in turn, no two
 *   of them equal;
 * - `check(api, answer, index)`: throws if the JSON is not the right answer to the request with this index.
 */
export const CASES = [
  identity,
  smallIdentity,
  identities,
  smallIdentities,
  typedIdentities,
  orders,
  tenIdentities,
  unknownIdentity,
  updateIdentity,
];
