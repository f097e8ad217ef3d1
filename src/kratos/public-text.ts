const PRIVATE = [
  /\b[a-z][a-z0-9+.-]*:\/\//i, // an address
  /\b(sqlite|postgres|pq:|mysql|cockroach|SQLSTATE|constraint|sql:|no rows in result set)/i, // the database
  /\b(dial (tcp|udp|unix)|lookup \S+ on|connection refused|goroutine \d+)\b/i, // the network, the program
  /\.go:\d+/,
  /\b(\d{1,3}\.){3}\d{1,3}\b|\b[a-z0-9-]+(\.[a-z0-9-]+)*:\d{2,5}\b/i, // a host and its port
];

/**
 * Kratos' words, if they may be shown to a caller. Its errors can hold the database's text, addresses
 * inside the cluster, and (v0.6.3) a whole stack trace.
 * @returns undefined where they may not, or where there are none.
 */
export function publicText(text: string | undefined): string | undefined {
  if (!text || PRIVATE.some((pattern) => pattern.test(text))) return undefined;
  return text;
}
