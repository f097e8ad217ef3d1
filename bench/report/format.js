const MIB = 2 ** 20;

/** A measured number for reading: three digits that count, thousands parted. */
export function figure(value) {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return value.toLocaleString("en", { maximumFractionDigits: digits, minimumFractionDigits: digits });
}

/** A number for reading without what is behind the point. */
export function whole(value) {
  return value === undefined ? "–" : Math.round(value).toLocaleString("en");
}

export function mebibytes(bytes) {
  return whole(bytes && bytes / MIB);
}

/** @returns a line on when, where and how it was measured */
export function circumstances({ date, machine, options }) {
  const { rounds, seconds, connections } = options;
  return (
    `${date.slice(0, 10)}, ${machine.cpu}, ${machine.cores} cores, ${machine.system.replace(/-.*/, "")}, Node ${machine.node}; ` +
    `medians of ${rounds} rounds of ${seconds} s, ${connections} requests under way`
  );
}
