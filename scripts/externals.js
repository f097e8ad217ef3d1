/** The packages that are not bundled into dist/main.js: Altair's files are served from its own package. */
export const EXTERNALS = ["altair-static"];
