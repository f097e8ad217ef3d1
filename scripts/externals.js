/**
 * The packages that are not bundled into dist/main.js. Altair's files are served from its own package; bundled, Apollo's hash
 * would be one in JavaScript in place of Node's.
 */
export const EXTERNALS = ["altair-static", "@apollo/utils.createhash"];
