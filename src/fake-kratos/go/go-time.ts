/** Go's zero time, which Kratos shows where a stamp was never set. */
export const zeroTime = "0001-01-01T00:00:00Z";

/** A stamp as Go prints it: nanoseconds for times of the process, microseconds for those the database made. */
export function goTime(at: number, unit: "nanoseconds" | "microseconds"): string {
  const digits = unit === "nanoseconds" ? 6 : 3;
  const milliseconds = Math.floor(at);
  // JavaScript knows no finer time than `at`'s milliseconds; the digits after them only look the part.
  const finer = String(Math.floor(Math.random() * 10 ** digits)).padStart(digits, "0");
  const fraction = `${String(((milliseconds % 1000) + 1000) % 1000).padStart(3, "0")}${finer}`.replace(/0+$/, "");
  return `${new Date(milliseconds).toISOString().slice(0, 19)}${fraction && "."}${fraction}Z`;
}

export const nanosecondsNow = (): string => goTime(Date.now(), "nanoseconds");
export const microsecondsNow = (): string => goTime(Date.now(), "microseconds");
