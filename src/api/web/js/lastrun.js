// The last run: its numbers against the athlete's own usual, each with its grade and its why.

import { at, h, put } from "./dom.js";
import { day, duration, grade, km, label, unit, value, what } from "./numbers.js";

const STANDING = { usual: "≈", above: "▲", below: "▼", unknown: "" };

/** Show a run and its numbers {name, value, grade, n, usual, usual_n, standing, reasons}; more leads to its page. */
export function lastRun(run, numbers, more) {
  at("last-demo").hidden = !run?.demo;
  if (!run) {
    put("last-line", "No run yet. Drop a recording, or read a pod live.");
    put("numbers");
    put("last-notes");
    return;
  }
  put("last-line", [day(run.day, { weekday: "long", day: "numeric", month: "long" }),
    run.title, km(run.distance_m), duration(run.duration_s)].filter(Boolean).join(" · "),
    " · ", h("a", { href: more }, "the whole run"),
    " · ", h("a", { href: more.replace("/run?", "/after-run?") }, "how was it?"));
  put("numbers", numbers.map(number));
  put("last-notes", run.summary.warnings.map((text) => h("li", {}, text)));
}

/** Return the tile of one number; without `usual` nothing is said of it. */
export function number(m) {
  return h("div", { class: "number", data: { measure: m.name } },
    h("div", { class: "label" }, label(m.name), mark(m.grade)),
    h("div", { class: "value" }, value(m.name, m.value), " ", h("span", { class: "unit" }, unit(m.name))),
    h("div", { class: `usual ${m.standing}` }, usual(m)),
    h("details", {}, h("summary", {}, "What is this?"),
      h("p", {}, what(m.name)),
      h("p", {}, `Grade ${grade(m.grade)}.`, m.n ? ` From ${m.n.toLocaleString("en-GB")} values.` : ""),
      m.reasons.length ? h("ul", {}, m.reasons.map((r) => h("li", {}, r))) : null));
}

/** Return a grade's letter in its box. */
export const mark = (letter) =>
  h("span", { class: `grade ${letter}`, title: grade(letter) },
    h("span", { class: "visually-hidden" }, "grade "), letter);

function usual(m) {
  if (m.value === null || m.usual === undefined) return "";
  if (m.usual === null) return "no usual yet";
  return `${STANDING[m.standing]} usual ${value(m.name, m.usual)} (${m.usual_n} runs)`;
}
