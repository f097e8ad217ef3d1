import { identities } from "./identities.js";
import { identity } from "./identity.js";
import { missingIdentity } from "./missing-identity.js";
import { orders } from "./orders.js";
import { tenIdentities } from "./ten-identities.js";
import { updateIdentity } from "./update-identity.js";

/**
 * What is measured. Each case has, by server, the requests that it sends in turn,
 * and a check of the answer to one of them that throws where it is wrong.
 */
export const CASES = [identity, identities, orders, tenIdentities, missingIdentity, updateIdentity];
