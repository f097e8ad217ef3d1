import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/**
 * Collects the garbage of the start, and keeps the heap near what the program holds from then on. V8 would let it grow by
 * the machine's size: here that took the memory under load from 160 to 137 MB, for no CPU that could be measured
 * (docs/performance.md).
 */
export function settleHeap(): void {
  // The old objects may grow by half before they are collected; the room for new ones stays as it is.
  setFlagsFromString("--heap-growing-percent=50");
  setFlagsFromString("--semi-space-growth-factor=1");
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  setFlagsFromString("--no-expose-gc");
}
