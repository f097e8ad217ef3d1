import { fileURLToPath } from "node:url";

/** A path inside bench/. */
export const inBench = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** A path inside the repository. */
export const inRepository = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
