// Lines over a run: one small picture for each measure, all on the same time, gaps left open.

import { h, s, setText } from "./dom.js";
import { explained } from "./explained.js";
import { measureOf } from "./halves.js";
import { duration, label, unit, value } from "./numbers.js";
import { t } from "./words.js";

const WIDTH = 1000;
const HEIGHT = 150;
const LEFT = 4;
const TOP = 8;
const BOTTOM = 126;
const LEAST_RAN = 5;

/** Return the key of the lines that a run has. */
export function legend({ lines }) {
  const sides = new Set(lines.map((line) => line.side));
  return [["left", "foot.left"], ["right", "foot.right"], ["unknown", "run.watch"]].filter(([side]) => sides.has(side))
    .map(([side, key]) => h("span", { class: `key ${side}` }, t(key)))
    .concat(h("span", { class: "key walk" }, t("run.key_walk")), h("span", { class: "key gap" }, t("run.key_gap")));
}

/** Return {name, node, draw(from, to)} of one measure; bins from..to are shown. */
export function chart(name, data, { gaps = [], walks = [] } = {}) {
  const measure = measureOf(name);
  const lines = data.lines.filter((line) => line.columns[name]);
  const title = h("h3", {}, explained(measure), " ", h("span", { class: "unit" }, unit(measure)));
  const plot = s("svg", { class: "plot", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", tabindex: 0,
    role: "application", "aria-label": t("run.chart_label", { what: label(measure) }) });
  const cursor = s("line", { class: "now", y1: TOP, y2: BOTTOM, x1: -9, x2: -9 });
  const [high, low] = [h("span", { class: "high" }), h("span", { class: "low" })];
  const times = h("div", { class: "times" });
  const node = h("figure", { class: "chart", data: { measure: name } }, title, h("div", { class: "frame" }, plot, high, low), times);
  let view = [0, data.bins];

  function draw(from, to) {
    view = [from, to];
    const known = (keep) => lines.flatMap((line) => line.columns[name].filter((v, i) => v !== null && i >= from && i < to && keep(i))).sort((a, b) => a - b);
    const ran = known((i) => !walks.some(([a, b]) => i >= a && i < b)); // a walk break would squeeze the run into a line
    const [least, most] = range(ran.length > LEAST_RAN ? ran : known(() => true));
    const edge = (i) => LEFT + ((Math.min(to, Math.max(from, i)) - from) / (to - from)) * (WIDTH - 2 * LEFT);
    const x = (i) => LEFT + ((i + 0.5 - from) / (to - from)) * (WIDTH - 2 * LEFT);
    const y = (v) => Math.min(2 * HEIGHT, Math.max(-HEIGHT, BOTTOM - ((v - least) / (most - least)) * (BOTTOM - TOP)));
    const band = (kind) => ([a, b]) => (b <= from || a >= to ? null
      : s("rect", { class: `band ${kind}`, x: edge(a), width: Math.max(1, edge(b) - edge(a)), y: TOP, height: BOTTOM - TOP }));
    const paths = lines.map((line) => s("path", { class: `line ${line.side}`, d: path(line.columns[name], from, to, x, y) }));
    plot.replaceChildren(...[...gaps.map(band("gap")), ...walks.map(band("walk"))].filter(Boolean),
      s("line", { class: "grid", x1: 0, x2: WIDTH, y1: TOP, y2: TOP }),
      s("line", { class: "grid", x1: 0, x2: WIDTH, y1: BOTTOM, y2: BOTTOM }), ...paths, cursor);
    setText(high, value(measure, most));
    setText(low, value(measure, least));
    times.replaceChildren(...[0, 0.25, 0.5, 0.75, 1].map((part) =>
      h("span", {}, duration((from + part * (to - from)) * data.bin_s))));
  }

  function point(i) {
    const at = ((i + 0.5 - view[0]) / (view[1] - view[0])) * WIDTH;
    cursor.setAttribute("x1", at);
    cursor.setAttribute("x2", at);
  }

  const said = (i) => {
    const parts = lines.filter((line) => line.columns[name][i] !== null)
      .map((line) => `${line.side === "unknown" ? "" : t(`side.${line.side}`)} ${value(measure, line.columns[name][i])}`.trim());
    return parts.length ? `${label(measure)} ${parts.join(", ")} ${unit(measure)}` : null;
  };
  return { name, node, plot, draw, point, said };
}

/** Return what to show of sorted values: all but the wildest hundredth, with a little room. */
function range(sorted) {
  if (!sorted.length) return [0, 1];
  const q = (part) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
  const [low, high] = [q(0.01), q(0.99)];
  const room = Math.max((high - low) * 0.15, Math.abs(high) * 0.01, 1e-6);
  return [low - room, high + room];
}

function path(values, from, to, x, y) {
  let d = "", open = false;
  for (let i = from; i < to; i += 1) {
    const v = values[i];
    if (v === null || v === undefined) { open = false; continue; }
    d += `${open ? "L" : "M"}${x(i).toFixed(1)} ${y(v).toFixed(1)}`;
    if (!open && (i + 1 >= to || values[i + 1] === null)) d += "h.1"; // alone: a dot
    open = true;
  }
  return d;
}

/** Move through all charts together: pointer, keys, drag to look closer. looked(from, to) hears of it; returns look(from, to). */
export function zoom(charts, data, { whole, moment, looked = () => {} }) {
  let view = [0, data.bins], begun = null, at = 0;
  const look = (from, to) => {
    view = [from, to];
    whole.hidden = from === 0 && to === data.bins;
    charts.forEach((one) => one.draw(from, to));
  };
  const draw = (from, to) => { look(from, to); looked(from, to); };
  const show = (i) => {
    at = Math.max(view[0], Math.min(view[1] - 1, i));
    charts.forEach((one) => one.point(at));
    const parts = charts.map((one) => one.said(at)).filter(Boolean);
    setText(moment, t("run.at", { time: duration(at * data.bin_s), what: parts.join("; ") || t("run.nothing") }));
  };
  for (const { plot } of charts) {
    const bin = (e) => {
      const box = plot.getBoundingClientRect();
      return Math.floor(view[0] + ((e.clientX - box.left) / box.width) * (view[1] - view[0]));
    };
    plot.addEventListener("pointermove", (e) => show(bin(e)));
    plot.addEventListener("pointerdown", (e) => { begun = bin(e); show(begun); });
    plot.addEventListener("pointerup", (e) => {
      const [from, to] = [begun, bin(e)].sort((a, b) => a - b);
      if (begun !== null && to - from >= 5) draw(Math.max(0, from), Math.min(data.bins, to));
      begun = null;
    });
    plot.addEventListener("keydown", (e) => {
      const move = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -1e6, End: 1e6 }[e.key];
      if (e.key === "+" || e.key === "-") {
        const half = ((view[1] - view[0]) * (e.key === "+" ? 0.25 : 1)) | 0;
        draw(Math.max(0, at - Math.max(5, half)), Math.min(data.bins, at + Math.max(5, half)));
        show(at);
      } else if (e.key === "0") draw(0, data.bins);
      else if (move) show(at + move);
      else return;
      e.preventDefault();
    });
  }
  whole.onclick = () => draw(0, data.bins);
  look(0, data.bins);
  return look;
}
