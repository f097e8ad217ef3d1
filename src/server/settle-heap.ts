import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/**
 * Collects the garbage of the start once. Until its first full collection V8 lets the heap grow by the machine's size;
 * after it, by what the program holds: under load that is a third less memory (docs/performance.md).
 */
export function settleHeap(): void {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  setFlagsFromString("--no-expose-gc");
}
