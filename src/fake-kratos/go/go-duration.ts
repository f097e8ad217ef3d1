const nanoseconds: Record<string, bigint> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n, // U+00B5, the micro sign
  μs: 1_000n, // U+03BC, the Greek letter
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};
const term = /^(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/;
const largest = 2n ** 63n - 1n;

/** Go's time.ParseDuration, in nanoseconds; undefined for what Go refuses, overflow included. */
export function parseGoDuration(text: string): bigint | undefined {
  const negative = text.startsWith("-");
  let rest = text.replace(/^[+-]/, "");
  if (rest === "0") return 0n;
  if (rest === "") return undefined;
  let total = 0n;
  while (rest !== "") {
    const [all, whole = "", fraction = "", unit = ""] = term.exec(rest) ?? [];
    const scale = nanoseconds[unit];
    if (all === undefined || scale === undefined || whole + fraction === "") return undefined;
    total += BigInt(whole || "0") * scale + (BigInt(fraction || "0") * scale) / 10n ** BigInt(fraction.length);
    if (total > largest) return undefined;
    rest = rest.slice(all.length);
  }
  return negative ? -total : total;
}
