import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/**
 * Collects the garbage of the start, and keeps the heap near what the program holds from then on: V8 would let it grow by
 * the machine's size. It takes some 30 MB from the memory under load, for no CPU that could be measured
 * (docs/performance.md).
 */
export function settleHeap(): void {
  // What has grown old may grow by a third before it is collected.
  setFlagsFromString("--heap-growing-percent=30");
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  setFlagsFromString("--no-expose-gc");
}
