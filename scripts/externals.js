/** Packages that are not bundled into dist/main.js: Altair's static files are served from its package. */
export const EXTERNALS = ["altair-static"];
