import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { inRepository } from "../servers/paths.js";
import { toChart } from "./chart.js";

const PAGE = "docs/performance.md";
const CHART = "docs/performance.svg";
const BEGIN = "<!-- results -->";
const END = "<!-- /results -->";

/**
 * Puts the tables between the two marks of docs/performance.md and the chart beside it, where that page exists.
 * @returns what was written
 */
export function writeDocs(results, markdown) {
  const path = inRepository(PAGE);
  if (!existsSync(path)) return [];
  const page = readFileSync(path, "utf8");
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`${PAGE} must have ${BEGIN} and, behind it, ${END}`);
  writeFileSync(path, `${page.slice(0, begin + BEGIN.length)}\n\n${markdown}\n\n${page.slice(end)}`);
  writeFileSync(inRepository(CHART), toChart(results));
  return [PAGE, CHART];
}
