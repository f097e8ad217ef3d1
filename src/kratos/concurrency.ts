/** Requests under way at once for one batch of what Kratos gives one by one. */
export const CONCURRENCY = 16;
