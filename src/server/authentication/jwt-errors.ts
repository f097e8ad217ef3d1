/** The token will not do. `message` says why, in words that may be told to whoever sent it. */
export class BadTokenError extends Error {}

/** The issuer's keys cannot be had now, so no token can be checked. */
export class KeysUnavailableError extends Error {}
