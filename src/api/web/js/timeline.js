// A year of runs, strength, check-ins, flags and pauses on one axis, and the plan ahead.

import { get, of } from "./api.js";
import { Axis } from "./axis.js";
import { dayTable, words } from "./dayinfo.js";
import { at, h, put, setText } from "./dom.js";
import { km } from "./numbers.js";
import { begin, mayWrite } from "./page.js";
import { planner } from "./planner.js";
import { t } from "./words.js";

const DAY_MS = 86_400_000;
const BACK_DAYS = 365;
const AHEAD_DAYS = 28;
const SPANS = [28, 70, 182, 365];
const KEYS = { ArrowLeft: -1, ArrowRight: 1, PageUp: -7, PageDown: 7, Home: -1e6, End: 1e6 };

const axis = new Axis(at("plot"));
let days = [], span = 70;

const later = (day, n) => new Date(Date.parse(`${day}T12:00:00Z`) + n * DAY_MS).toISOString().slice(0, 10);

async function show(athlete) {
  at("timeline-demo").hidden = !athlete.demo;
  put("problem");
  try {
    const { day: today } = await get(of(athlete.id, "today"));
    const [year, planned, away] = await Promise.all([
      get(`${of(athlete.id, "timeline")}?since=${later(today, -BACK_DAYS)}&until=${today}`),
      get(`${of(athlete.id, "planned-runs")}?since=${today}`), get(of(athlete.id, "availability"))]);
    const ahead = Array.from({ length: AHEAD_DAYS }, (_, i) =>
      ({ day: later(today, i + 1), runs: [], strength: [], check_ins: [], flags: [] }));
    days = [...year.days, ...ahead];
    draw(planned.items, away.items, today);
    put("table", dayTable(year.days));
    if (mayWrite(athlete)) planner(athlete, today, planned.items, () => show(athlete));
  } catch (problem) {
    put("problem", problem.message);
  }
}

function draw(planned, away, today) {
  const index = new Map(days.map((d, i) => [d.day, i]));
  const by = new Map();
  for (const plan of planned) by.set(plan.day, [...(by.get(plan.day) ?? []), plan]);
  const pauses = away.filter((one) => one.state !== "full").map((one) =>
    [index.get(one.day) ?? 0, (index.get(one.until ?? today) ?? days.length - 1) + 1]);
  axis.take(days, by, pauses);
  axis.planOf = (d) => by.get(d.day) ?? [];
  look(span);
}

function look(n) {
  span = n;
  const end = Math.min(days.length, days.length - AHEAD_DAYS + Math.max(7, Math.round(n * 0.15)));
  axis.look(end - n, end);
  put("spans", SPANS.map((one) => h("button", { type: "button", "aria-pressed": String(one === n), onclick: () => look(one) },
    t("timeline.weeks", { n: Math.round(one / 7) }))));
}

function tell(d) {
  if (!d) return;
  const plans = axis.planOf(d).map((p) => t("timeline.planned", { run: km(p.distance_m) ?? "" }));
  setText(at("day"), [words(d), ...plans].join(" "));
}

const plot = at("plot");
let dragged = null;
plot.addEventListener("pointerdown", (e) => {
  dragged = { x: e.clientX, view: axis.view, moved: false };
  plot.setPointerCapture(e.pointerId);
});
plot.addEventListener("pointermove", (e) => {
  if (!days.length) return;
  if (!dragged) return tell(axis.point(axis.dayAt(e.clientX)));
  const by = (dragged.x - e.clientX) * axis.perPixel;
  dragged.moved ||= Math.abs(dragged.x - e.clientX) > 4;
  axis.look(dragged.view[0] + by, dragged.view[1] + by);
});
plot.addEventListener("pointerup", (e) => {
  if (days.length && dragged && !dragged.moved) tell(axis.point(axis.dayAt(e.clientX)));
  dragged = null;
});
plot.addEventListener("wheel", (e) => {
  if (!e.ctrlKey && Math.abs(e.deltaX) <= Math.abs(e.deltaY)) return; // the page scrolls
  e.preventDefault();
  const [from, to] = axis.view;
  if (!e.ctrlKey) return axis.look(from + e.deltaX * axis.perPixel, to + e.deltaX * axis.perPixel);
  const middle = axis.dayAt(e.clientX), by = Math.exp(e.deltaY / 200);
  axis.look(middle - (middle - from) * by, middle + (to - middle) * by);
}, { passive: false });
plot.addEventListener("keydown", (e) => {
  const [from, to] = axis.view;
  if (e.key === "+" || e.key === "-") {
    const half = ((to - from) / 2) * (e.key === "+" ? 0.7 : 1.4), middle = axis.at ?? (from + to) / 2;
    axis.look(middle - half, middle + half);
  } else if (KEYS[e.key]) tell(axis.point((axis.at ?? days.length - AHEAD_DAYS) + KEYS[e.key]));
  else return;
  e.preventDefault();
});
begin(show);
