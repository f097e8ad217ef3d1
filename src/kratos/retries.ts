import ky, { HTTPError } from "ky";
import type { KratosAnswer } from "./sender.js";
import { secondsIn } from "./retry-after.js";

/** Statuses of a read that are worth another try. A change is never sent again: whether the first try got through can't be known. */
const RETRIED_STATUS = [429, 502, 503, 504];
/** The wait before the last try, where the answer names no other. */
const PAUSE_MS = 200;

/**
 * The answer to a read, which is sent again: at once and once more a little later where the connection was gone; once where the
 * status is a passing one, after the time that the answer asks for. No try begins after the deadline.
 * ky comes in only where the first try fails: its request objects cost several times what the request itself does.
 * @param isPassing whether an error is worth another try
 */
export async function withRetries(
  attempt: () => Promise<KratosAnswer>,
  isPassing: (error: unknown) => boolean,
  deadline: number,
): Promise<KratosAnswer> {
  let answer: KratosAnswer | undefined;
  try {
    answer = await attempt();
    if (!RETRIED_STATUS.includes(answer.status)) return answer;
  } catch (error) {
    if (!isPassing(error)) throw error;
  }

  const pauseMs = answer ? pauseBefore(answer) : PAUSE_MS;
  // An answer at hand is worth more than one that would come too late.
  const hasTime = () => performance.now() + pauseMs < deadline;
  if (answer && !hasTime()) return answer;

  let shown = answer;
  const fetch = async () => {
    // What is at hand counts as ky's own first try.
    answer = shown ?? (await attempt());
    shown = undefined;
    return new Response(null, { status: answer.status });
  };
  const retry = {
    limit: 1,
    methods: ["get" as const],
    statusCodes: RETRIED_STATUS,
    afterStatusCodes: [],
    delay: () => pauseMs,
    shouldRetry: ({ error }: { error: Error }) => (hasTime() && (error instanceof HTTPError || isPassing(error)) ? undefined : false),
  };
  try {
    await ky("http://kratos", { fetch, timeout: false, retry });
  } catch (error) {
    if (!(error instanceof HTTPError)) throw error;
  }
  return answer!;
}

function pauseBefore({ retryAfter }: KratosAnswer): number {
  return (secondsIn(retryAfter) ?? PAUSE_MS / 1000) * 1000;
}
