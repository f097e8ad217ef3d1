import { readdirSync, readFileSync } from "node:fs";

/** Linux counts CPU time in ticks of 10 ms. */
const TICK_US = 10_000;

/** The fields of /proc/<pid>/stat behind the program's name, which may itself hold blanks. */
function statOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}

/** A process and everything it has started. */
function treeOf(root) {
  const parents = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), parent: Number(statOf(name)?.[1]) }));
  const tree = [root];
  for (const pid of tree) tree.push(...parents.filter(({ parent }) => parent === pid).map((child) => child.pid));
  return tree;
}

/** @returns CPU time in microseconds, user and system, of a process, its children and those of them that have ended */
export function cpuMicroseconds(root) {
  const ticks = treeOf(root).map((pid) => {
    const fields = statOf(pid) ?? [];
    const [utime = 0, stime = 0, cutime = 0, cstime = 0] = fields.slice(11, 15).map(Number);
    return utime + stime + cutime + cstime;
  });
  return ticks.reduce((sum, value) => sum + value, 0) * TICK_US;
}

/** @returns resident memory in bytes of a process and its children */
export function residentBytes(root) {
  return treeOf(root).reduce((sum, pid) => sum + residentOf(pid), 0);
}

function residentOf(pid) {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
