import { isHTTPError, type RetryOptions } from "ky";
import { NetworkError } from "./fetch.js";

/** Statuses that mean that the same request may succeed later. */
export const TEMPORARY_STATUSES = [429, 502, 503, 504];
const DELAY_MS = 200;

/**
 * ky's retry options for one request. A change is never sent twice, as nobody knows whether the first attempt got through. A
 * read is sent again at once if the connection was lost, and once more after a short delay; once if the status is a temporary
 * one, when `Retry-After` says.
 * @param deadline no attempt begins after it, in the time of `performance.now()`: a response at hand is worth more than one
 * that comes too late
 */
export function retryBefore(deadline: number): RetryOptions {
  let delayMs = 0;
  let hasRetriedStatus = false;
  return {
    limit: 2,
    methods: ["get"],
    statusCodes: TEMPORARY_STATUSES,
    // ky would wait for longer than the deadline.
    afterStatusCodes: [],
    shouldRetry: ({ error, retryCount }) => {
      if (isHTTPError(error)) {
        if (hasRetriedStatus) return false;
        hasRetriedStatus = true;
        delayMs = (getRetryAfterS(error.response) ?? DELAY_MS / 1000) * 1000;
      } else {
        if (!(error instanceof NetworkError) || error.isUnreadable) return false;
        delayMs = retryCount === 1 ? 0 : DELAY_MS;
      }
      return performance.now() + delayMs < deadline ? undefined : false;
    },
    delay: () => delayMs,
  };
}

/** The seconds to wait in a `Retry-After` header, which holds a number or a date. Undefined if it has neither. */
export function getRetryAfterS({ headers }: Response): number | undefined {
  const retryAfter = headers.get("retry-after") ?? "";
  if (/^\d+$/.test(retryAfter)) return Number(retryAfter);
  const date = Date.parse(retryAfter);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - Date.now()) / 1000));
}
