import { cpus, release, totalmem, type } from "node:os";

/** What the figures were measured on. */
export function machine() {
  const [first] = cpus();
  return {
    cpu: first.model,
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    node: process.versions.node,
  };
}
