/** Whatever runs until it is stopped: a server, a process, a browser. */
export interface Stoppable {
  stop(): Promise<unknown>;
}

/** What to undo at the end, latest first. */
export class CleanupStack {
  private readonly cleanups: (() => Promise<unknown>)[] = [];

  /** Stops a server at the end, and returns it. */
  use<T extends Stoppable>(server: T): T {
    this.defer(() => server.stop());
    return server;
  }

  defer(cleanup: () => Promise<unknown>): void {
    this.cleanups.push(cleanup);
  }

  /** Runs every cleanup, even if one fails. @throws the first failure */
  async run(): Promise<void> {
    const failures: unknown[] = [];
    for (const cleanup of this.cleanups.splice(0).reverse()) await cleanup().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  }
}

const currentTest = new CleanupStack();

afterEach(() => currentTest.run(), 30_000);

/** Stops a server that a test or a `beforeEach` starts when the test ends, whether it passes or fails. */
export async function stopAfterTest<T extends Stoppable>(starting: T | Promise<T>): Promise<T> {
  return currentTest.use(await starting);
}

/**
 * Starts servers before all tests of the enclosing file or `describe`, and stops them after the last one.
 * @param start may add to `cleanups` whatever else must end
 * @returns what `start` resolves to. Destructure it at once, and use its members in hooks and tests.
 */
export function useServers<T extends object>(start: (cleanups: CleanupStack) => Promise<T>, timeoutMs?: number): T {
  const cleanups = new CleanupStack();
  let started: T | undefined;

  beforeAll(async () => {
    started = await start(cleanups);
  }, timeoutMs);

  afterAll(() => cleanups.run(), 60_000);

  return new Proxy({} as T, {
    get: (_, name) =>
      reference(() => {
        if (!started) throw new Error(`"${String(name)}" has not started. Use it in a hook or a test.`);
        return Reflect.get(started, name) as object;
      }),
  });
}

/** Stands for an object that is found when it is first used, so that it can be named before it exists. */
function reference(find: () => object): object {
  return new Proxy(
    {},
    {
      get: (_, key) => Reflect.get(find(), key) as unknown,
      set: (_, key, value) => Reflect.set(find(), key, value),
      ownKeys: () => Reflect.ownKeys(find()),
      getOwnPropertyDescriptor: (_, key) => Reflect.getOwnPropertyDescriptor(find(), key),
    },
  );
}
