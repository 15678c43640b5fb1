// Ten weeks on one axis: what was asked of the feet above what was done to strengthen them.

import { h, put, s, setText } from "./dom.js";
import { dayTable, metres, minutes, runSeconds, starting, words, worst } from "./dayinfo.js";
import { path } from "./flags.js";
import { day, duration, km, written } from "./numbers.js";
import { t } from "./words.js";

const LANES = [ // name, top, height
  ["runs", 16, 84],
  ["strength", 124, 52],
  ["sore", 200, 34],
  ["flags", 258, 44],
];
const BOTTOM = 302;
const HEIGHT = 322;
const MARK = 13; // px of a flag's shape
const ROWS = 3;

/** Show a timeline: {days: [{day, runs, strength, check_ins, flags}]}. */
export function timeline(place, days) {
  if (!days.length) return put(place, h("p", { class: "quiet" }, t("timeline.nothing")));
  const width = Math.max(320, Math.min(1060, document.getElementById(place).clientWidth || 640));
  const step = width / days.length;
  const told = h("p", { class: "day", role: "status" });
  const cursor = s("rect", { class: "cursor", y: 0, height: BOTTOM, width: Math.max(step, 3), x: -99 });
  const plot = s("svg", {
    class: "plot", viewBox: `0 0 ${width} ${HEIGHT}`, tabindex: 0, role: "application",
    "aria-label": t("timeline.label", { n: days.length }),
  }, weeks(days, step, width), LANES.map(([name, top]) => s("text", { class: "lane", x: 0, y: top - 4 }, t(`timeline.${name}`))),
  runs(days, step), strength(days, step), sore(days, step), marks(days, step), cursor);

  let at = days.length - 1;
  const show = (i) => {
    at = Math.max(0, Math.min(days.length - 1, i));
    cursor.setAttribute("x", at * step);
    setText(told, words(days[at]));
  };
  plot.addEventListener("keydown", (e) => {
    const move = { ArrowLeft: -1, ArrowRight: 1, PageUp: -7, PageDown: 7, Home: -1e6, End: 1e6 }[e.key];
    if (!move) return;
    e.preventDefault();
    show(at + move);
  });
  const pointed = (e) => {
    const box = plot.getBoundingClientRect();
    show(Math.floor(((e.clientX - box.left) / box.width) * days.length));
  };
  plot.addEventListener("pointermove", pointed);
  plot.addEventListener("pointerdown", pointed);
  put(place, plot, told, dayTable(days));
  show(at);
  cursor.setAttribute("x", -99); // nothing chosen yet
}

const x = (i, step) => i * step + Math.min(1, step * 0.12);
const w = (step) => Math.max(1.5, step - Math.min(2, step * 0.24));
function bars(days, step, lane, of, kind) {
  const [, top, height] = LANES[lane];
  const most = Math.max(1e-9, ...days.map(of));
  const base = s("line", { class: "base", x1: 0, x2: days.length * step, y1: top + height, y2: top + height });
  return [base, ...days.map((d, i) => {
    const value = of(d);
    if (!value) return null;
    const tall = Math.max(2, (value / most) * height);
    return s("rect", { class: kind, x: x(i, step), width: w(step), y: top + height - tall, height: tall, rx: Math.min(2, step / 4) });
  })];
}

function runs(days, step) {
  const known = days.some((d) => metres(d) > 0);
  const of = known ? metres : runSeconds;
  const most = Math.max(...days.map(of));
  const text = most ? t("timeline.longest", { run: known ? km(most) : duration(most) }) : t("timeline.none");
  return [...bars(days, step, 0, of, "run"), s("text", { x: days.length * step, y: 12, "text-anchor": "end" }, text)];
}

function strength(days, step) {
  const most = Math.max(0, ...days.map(minutes));
  return [...bars(days, step, 1, minutes, "strength"),
    s("text", { x: days.length * step, y: 120, "text-anchor": "end" }, most ? t("timeline.up_to", { n: written(most) }) : t("timeline.none"))];
}

function sore(days, step) {
  const [, top, height] = LANES[2];
  const base = s("line", { class: "base", x1: 0, x2: days.length * step, y1: top + height, y2: top + height });
  return [base, ...days.map((d, i) => {
    const score = worst(d);
    if (!score) return null;
    return s("circle", { class: "sore", cx: (i + 0.5) * step, cy: top + height - (score / 10) * height, r: 2 + score / 4 });
  }), s("text", { x: days.length * step, y: 196, "text-anchor": "end" }, t("timeline.0_to_10"))];
}

function marks(days, step) {
  const [, top] = LANES[3];
  const ends = []; // of each row, so that marks of near days stand below each other
  return days.flatMap((d, i) => starting(d).map((flag) => {
    const left = Math.min((i + 0.5) * step - MARK / 2, days.length * step - MARK);
    let row = ends.findIndex((end) => end <= left);
    if (row < 0) row = Math.min(ends.length, ROWS - 1);
    ends[row] = left + MARK + 1;
    return s("path", { class: "mark", data: { severity: flag.severity }, d: path(flag.severity), "fill-rule": "evenodd",
      transform: `translate(${left} ${top + row * (MARK + 1)}) scale(${MARK / 16})` });
  }));
}

function weeks(days, step, width) {
  const every = width < 520 ? 2 : 1;
  let n = 0;
  return days.flatMap((d, i) => {
    if (new Date(`${d.day}T12:00:00Z`).getUTCDay() !== 1) return [];
    n += 1;
    const line = s("line", { class: "grid", x1: i * step, x2: i * step, y1: 0, y2: BOTTOM });
    if (n % every || i * step > width - 44) return [line];
    return [line, s("text", { x: i * step + 2, y: HEIGHT - 6 }, day(d.day, { day: "numeric", month: "short" }))];
  });
}
