import { circumstances, whole } from "./format.js";

const COLOURS = {
  "kratos-graphql": "#2f7de1",
  bare: "#8b949e",
  apollo: "#e0991a",
  mesh: "#c76fa0",
  tailcall: "#2a9d76",
};
const WIDTH = 860;
const MARGIN = 24;
const LEFT = 196;
const RIGHT = 60;
const TOP = 112;
const BAR = 13;
const STEP = 16;
const GAP = 18;
const LINE = 15;
const AXIS_FROM = 10;
/** Characters of the small print that fit into a line. */
const SMALL_PRINT = 140;

const STYLE = `
  .paper { fill: #ffffff }
  text { fill: #1f2328; font: 12px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif }
  .title { font-size: 17px; font-weight: 600 }
  .dim { fill: #59636e; font-size: 11px }
  .ours { font-weight: 600 }
  .value { paint-order: stroke; stroke: #ffffff; stroke-width: 4px }
  .grid { stroke: #d1d9e0; stroke-width: 1 }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #0d1117 }
    text { fill: #e6edf3 }
    .dim { fill: #9198a1 }
    .value { stroke: #0d1117 }
    .grid { stroke: #2f353d }
  }`;

/** CPU time per request as an SVG: for each case a bar for each server, on a logarithmic axis. */
export function toChart(results) {
  const names = Object.keys(results.servers).filter((name) => name in COLOURS);
  const cases = Object.values(results.cases);
  const measured = cases.flatMap((one) => Object.values(one.servers).flatMap(({ cpu }) => cpu ?? []));
  const most = Math.max(...measured, AXIS_FROM * 10) * 1.2;
  const x = scale(most);
  const groupHeight = names.length * STEP + GAP;
  const bottom = TOP + cases.length * groupHeight;
  const smallPrint = [`${circumstances(results)}.`, ...wrapped(versions(results, names))];
  const height = bottom + 40 + smallPrint.length * LINE;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title">`,
    `<style>${STYLE}\n</style>`,
    `<rect class="paper" width="${WIDTH}" height="${height}" rx="8"/>`,
    `<text id="title" class="title" x="${MARGIN}" y="36">CPU time per request of the server's own process</text>`,
    `<text class="dim" x="${MARGIN}" y="56">Microseconds, user and system, on a logarithmic axis; less is better.</text>`,
    ...legend(results, names),
    ...grid(x, most, bottom),
    ...cases.flatMap((one, index) => group(one, names, x, TOP + index * groupHeight)),
    ...smallPrint.map((text, line) => `<text class="dim" x="${MARGIN}" y="${bottom + 38 + line * LINE}">${escape(text)}</text>`),
    "</svg>\n",
  ].join("\n");
}

function scale(most) {
  const width = WIDTH - LEFT - RIGHT;
  return (value) => LEFT + (width * Math.log10(Math.max(value, AXIS_FROM) / AXIS_FROM)) / Math.log10(most / AXIS_FROM);
}

function legend({ servers }, names) {
  let left = MARGIN;
  return names.map((name) => {
    const label = servers[name].title;
    const mark = `<rect x="${left}" y="76" width="11" height="11" rx="2" fill="${COLOURS[name]}"/>`;
    const text = `<text class="${emphasis(name)}" x="${left + 17}" y="86">${escape(label)}</text>`;
    left += 44 + label.length * 6.4;
    return `${mark}${text}`;
  });
}

function grid(x, most, bottom) {
  const lines = [];
  for (let value = AXIS_FROM; value <= most; value *= 10) {
    lines.push(`<line class="grid" x1="${x(value)}" x2="${x(value)}" y1="${TOP - 6}" y2="${bottom - 6}"/>`);
    lines.push(`<text class="dim" x="${x(value)}" y="${bottom + 10}" text-anchor="middle">${whole(value)} µs</text>`);
  }
  return lines;
}

function group({ title, servers }, names, x, top) {
  const lines = title.split(/(?<=,) /);
  const middle = top + ((names.length - lines.length) * STEP) / 2;
  return [
    ...lines.map((text, line) => `<text x="${MARGIN}" y="${middle + line * STEP + 11}">${escape(text)}</text>`),
    ...names.map((name, index) => bar(name, servers[name], x, top + index * STEP)),
  ];
}

function bar(name, measured, x, top) {
  const text = (left, content) => `<text class="value ${emphasis(name)}" x="${left}" y="${top + 11}">${content}</text>`;
  if (measured?.cpu === undefined) return text(LEFT + 4, measured ? "fails" : "does not run");
  const end = x(measured.cpu);
  const shape = `<rect x="${LEFT}" y="${top}" width="${(end - LEFT).toFixed(1)}" height="${BAR}" rx="2" fill="${COLOURS[name]}"/>`;
  return `${shape}${text((end + 6).toFixed(1), whole(measured.cpu))}`;
}

function versions({ servers }, names) {
  return names.map((name) => `${servers[name].title} ${servers[name].version ?? "(does not run)"}`);
}

/** Parts as lines that fit. */
function wrapped(parts) {
  const lines = [];
  for (const part of parts) {
    const longer = lines.length > 0 ? `${lines.at(-1)} · ${part}` : part;
    if (lines.length > 0 && longer.length <= SMALL_PRINT) lines[lines.length - 1] = longer;
    else lines.push(part);
  }
  return lines;
}

function emphasis(name) {
  return name === "kratos-graphql" ? "ours" : "peer";
}

function escape(text) {
  return text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}
