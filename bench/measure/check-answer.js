/** Requests whose answers are looked at before a case is timed. */
const LOOKED_AT = [0, 1];
const DEADLINE_MS = 15_000;

/** Sends one request to a server. @returns status, length and JSON of the answer */
export async function ask(url, { path, ...request }) {
  const response = await fetch(`${url}${path}`, { ...request, signal: AbortSignal.timeout(DEADLINE_MS) });
  const bytes = Buffer.from(await response.arrayBuffer());
  try {
    return { status: response.status, length: bytes.length, json: JSON.parse(bytes) };
  } catch {
    throw new Error(`status ${response.status}, and the answer is not JSON: ${bytes.subarray(0, 200)}`);
  }
}

/**
 * @returns status and length that the answers of the case have from now on
 * @throws where an answer is wrong
 */
export async function checkAnswer(url, { check, requests }, server) {
  const all = requests[server]();
  let expected;
  for (const index of LOOKED_AT) {
    const { status, length, json } = await ask(url, all[index % all.length]);
    check(server, json, index);
    expected ??= { status, length };
  }
  return { requests: all, expected };
}
