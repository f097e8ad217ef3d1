/** The results as an SVG chart: the CPU time of each server in each case, and the goals. */
import { describeRun, figure, verdict, whole } from "./report.js";
import { PRODUCT } from "./servers.js";

const COLOURS = {
  bare: "#8b949e",
  "kratos-graphql": "#2f7de1",
  apollo: "#e0991a",
  "mesh-yoga": "#c76fa0",
  "mesh-hive": "#8a63b8",
  tailcall: "#2a9d76",
};
const WIDTH = 860;
const MARGIN = 24;
const LEFT = 196;
const RIGHT = 60;
const LEGEND_COLUMNS = 3;
const LEGEND_COLUMN_WIDTH = 220;
const TOP = 132;
const BAR_HEIGHT = 13;
const BAR_STEP = 16;
const GROUP_GAP = 18;
const LINE = 15;
const AXIS_START_US = 10;
const SMALL_PRINT_CHARACTERS = 140;

const STYLE = `
  .paper { fill: #ffffff }
  text { fill: #1f2328; font: 12px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif }
  .title { font-size: 17px; font-weight: 600 }
  .dim { fill: #59636e; font-size: 11px }
  .strong { font-weight: 600 }
  .value { paint-order: stroke; stroke: #ffffff; stroke-width: 4px }
  .grid { stroke: #d1d9e0; stroke-width: 1 }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #0d1117 }
    text { fill: #e6edf3 }
    .dim { fill: #9198a1 }
    .value { stroke: #0d1117 }
    .grid { stroke: #2f353d }
  }`;

/** @returns an SVG with one bar per server in each case, on a logarithmic axis */
export function toChart(results) {
  const names = Object.keys(results.servers).filter((name) => name in COLOURS);
  const cases = Object.values(results.cases);
  const measured = cases.flatMap((one) => Object.values(one.servers).flatMap(({ cpu }) => cpu ?? []));
  const max = Math.max(...measured, AXIS_START_US * 10) * 1.2;
  const x = logarithmicScale(max);
  let axis = TOP;
  const groups = cases.flatMap((one) => {
    // A server that has started and was not measured cannot answer the case.
    const shown = names.filter((name) => one.servers[name] || results.servers[name].error);
    const top = axis;
    axis += shown.length * BAR_STEP + GROUP_GAP;
    return group(one, shown, x, top);
  });
  const goals = goalLines(results, axis + 44);
  const smallPrintTop = axis + 58 + goals.length * LINE;
  const versions = names.map((name) => `${results.servers[name].title} ${results.servers[name].version ?? "(does not start)"}`);
  const smallPrint = [`${describeRun(results)}.`, ...wrap(versions)];
  const height = smallPrintTop + smallPrint.length * LINE;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title">`,
    `<style>${STYLE}\n</style>`,
    `<rect class="paper" width="${WIDTH}" height="${height}" rx="8"/>`,
    `<text id="title" class="title" x="${MARGIN}" y="36">CPU time per request of the server's own process</text>`,
    `<text class="dim" x="${MARGIN}" y="56">Microseconds, user and system, on a logarithmic axis. Less is better.</text>`,
    ...legend(results, names),
    ...grid(x, max, axis),
    ...groups,
    ...goals,
    ...smallPrint.map((text, index) => `<text class="dim" x="${MARGIN}" y="${smallPrintTop + index * LINE}">${escape(text)}</text>`),
    "</svg>\n",
  ].join("\n");
}

function logarithmicScale(max) {
  const width = WIDTH - LEFT - RIGHT;
  const decades = Math.log10(max / AXIS_START_US);
  return (value) => LEFT + (width * Math.log10(Math.max(value, AXIS_START_US) / AXIS_START_US)) / decades;
}

function legend({ servers }, names) {
  return names.map((name, index) => {
    const left = MARGIN + (index % LEGEND_COLUMNS) * LEGEND_COLUMN_WIDTH;
    const top = 76 + Math.floor(index / LEGEND_COLUMNS) * 20;
    const mark = `<rect x="${left}" y="${top}" width="11" height="11" rx="2" fill="${COLOURS[name]}"/>`;
    return `${mark}<text class="${emphasis(name)}" x="${left + 17}" y="${top + 10}">${escape(servers[name].title)}</text>`;
  });
}

function grid(x, max, axis) {
  const lines = [];
  for (let value = AXIS_START_US; value <= max; value *= 10) {
    lines.push(`<line class="grid" x1="${x(value)}" x2="${x(value)}" y1="${TOP - 6}" y2="${axis - 6}"/>`);
    lines.push(`<text class="dim" x="${x(value)}" y="${axis + 10}" text-anchor="middle">${whole(value)} µs</text>`);
  }
  return lines;
}

function group({ title, servers }, names, x, top) {
  const lines = title.split(/(?<=,) /);
  const middle = top + ((names.length - lines.length) * BAR_STEP) / 2;
  return [
    ...lines.map((text, index) => `<text x="${MARGIN}" y="${middle + index * BAR_STEP + 11}">${escape(text)}</text>`),
    ...names.map((name, index) => bar(name, servers[name], x, top + index * BAR_STEP)),
  ];
}

function bar(name, measured, x, top) {
  const text = (left, content) => `<text class="value ${emphasis(name)}" x="${left}" y="${top + 11}">${content}</text>`;
  if (measured?.cpu === undefined) return text(LEFT + 4, measured ? "fails" : "does not start");
  const end = x(measured.cpu);
  const shape = `<rect x="${LEFT}" y="${top}" width="${(end - LEFT).toFixed(1)}" height="${BAR_HEIGHT}" rx="2" fill="${COLOURS[name]}"/>`;
  return `${shape}${text((end + 6).toFixed(1), whole(measured.cpu))}`;
}

function goalLines({ goals }, top) {
  const columns = [MARGIN, MARGIN + 440, MARGIN + 540, MARGIN + 620];
  const rows = goals.map((one) => [one.goal, `at most ${one.limit}`, figure(one.value), verdict(one)]);
  return [["Goals for kratos-graphql"], ...rows].map((cells, index) => {
    const texts = cells.map((text, column) => `<text x="${columns[column]}" y="${top + index * LINE}">${escape(text)}</text>`);
    return index === 0 ? texts.join("").replace("<text", '<text class="strong"') : texts.join("");
  });
}

/** @returns the parts, joined to lines that fit */
function wrap(parts) {
  const lines = [];
  for (const part of parts) {
    const longer = lines.length > 0 ? `${lines.at(-1)} · ${part}` : part;
    if (lines.length > 0 && longer.length <= SMALL_PRINT_CHARACTERS) lines[lines.length - 1] = longer;
    else lines.push(part);
  }
  return lines;
}

function emphasis(name) {
  return name === PRODUCT ? "strong" : "plain";
}

function escape(text) {
  return text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}
