import { setTimeout as sleep } from "node:timers/promises";

/** Waits until a condition holds. Fails the test if it does not within ten seconds. */
export async function eventually(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 10_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`Expected within ten seconds that ${what}.`);
    await sleep(10);
  }
}

/** Waits for a result. Fails the test if it takes ten seconds, many times longer than any deadline in use. */
export async function inTime<T>(pending: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("There was no response within ten seconds.")), 10_000);
  });
  try {
    return await Promise.race([pending, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
