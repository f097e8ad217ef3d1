import { changes } from "./changes.js";
import { flows } from "./flows.js";
import { identities } from "./identities.js";
import type { Sample } from "./sample.js";
import { supergraph } from "./supergraph.js";
import { system } from "./system.js";

/** The explorer's tabs; together they have an operation for each root field of the graph. */
export const SAMPLES: readonly Sample[] = [identities, changes, flows, system, supergraph];
