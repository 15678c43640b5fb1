// The last run: its numbers against the athlete's own usual, each with its grade and its why.

import { at, h, put } from "./dom.js";
import { day, duration, grade, km, label, unit, value, what } from "./numbers.js";

/** Show a run {day, duration_s, distance_m, title, summary} beside what is usual, by measure. */
export function lastRun(run, usual = {}) {
  at("last-demo").hidden = !run?.demo;
  if (!run) {
    put("last-line", "No run yet. Drop a recording below, or read a pod live.");
    put("numbers");
    put("last-notes");
    return;
  }
  put("last-line", [day(run.day, { weekday: "long", day: "numeric", month: "long" }),
    run.title, km(run.distance_m), duration(run.duration_s), run.kind === "unknown" ? null : run.kind]
    .filter(Boolean).join(" · "));
  put("numbers", run.summary.measures.map((m) => number(m, usual[m.name])));
  put("last-notes", run.summary.warnings.map((text) => h("li", {}, text)));
}

function number(m, usual) {
  return h("div", { class: "number", data: { measure: m.name } },
    h("div", { class: "label" }, label(m.name),
      h("span", { class: `grade ${m.grade}`, title: grade(m.grade) },
        h("span", { class: "visually-hidden" }, "grade "), m.grade)),
    h("div", { class: "value" }, value(m.name, m.value), " ", h("span", { class: "unit" }, unit(m.name))),
    h("div", { class: "usual" }, usual === undefined || usual === null ? "" : `usual ${value(m.name, usual)}`),
    h("details", {}, h("summary", {}, "What is this?"),
      h("p", {}, what(m.name)),
      h("p", {}, `Grade ${grade(m.grade)}. From ${m.n.toLocaleString("en-GB")} ${m.n === 1 ? "value" : "values"}.`),
      m.reasons.length ? h("ul", {}, m.reasons.map((r) => h("li", {}, r))) : null));
}
