// The last run: its numbers against the athlete's own usual, each with its grade and its why.

import { at, h, put } from "./dom.js";
import { LONG_DAY, day, duration, grade, km, label, unit, value, what, written } from "./numbers.js";
import { said } from "./server.js";
import { t } from "./words.js";

const TILES = 5;
const STANDING = { usual: "≈", above: "▲", below: "▼", unknown: "" };

/** Show a run and its numbers {name, value, grade, n, usual, usual_n, standing, reasons}; more leads to its page. */
export function lastRun(run, numbers, more) {
  at("last-demo").hidden = !run?.demo;
  if (!run) {
    put("last-line", t("today.no_run"));
    put("numbers");
    put("last-notes");
    return;
  }
  put("last-line", [day(run.day, LONG_DAY), run.title, km(run.distance_m), duration(run.duration_s)].filter(Boolean).join(" · "),
    " · ", h("a", { href: more }, t("today.whole_run")));
  put("numbers", given(run, numbers).map((m) => number(m)));
  put("last-notes", run.summary.warnings.map((text) => h("li", {}, said(text))));
}

/** Return what this source can give: the five of every run, and where some are not known, others it knows. */
function given(run, numbers) {
  const known = numbers.filter((one) => one.value !== null);
  const more = run.summary.measures.filter((one) => one.value !== null && !numbers.some(({ name }) => name === one.name) && what(one.name));
  return [...known, ...more.map((one) => ({ ...one, usual: undefined }))].slice(0, Math.max(known.length, TILES));
}

/** Return the tile of one number; without `usual` nothing is said of it. good: how good it is. */
export function number(m, good = null) {
  return h("div", { class: "number", data: { measure: m.name } },
    h("div", { class: "label" }, label(m.name), mark(m.grade)),
    h("div", { class: "value" }, value(m.name, m.value), " ", h("span", { class: "unit" }, unit(m.name))),
    h("div", { class: `usual ${m.standing}` }, usual(m)),
    h("details", {}, h("summary", {}, t("number.what")),
      h("p", {}, what(m.name)),
      h("p", {}, h("b", {}, t("number.how_good")), " ", t("number.grade", { grade: grade(m.grade) }), " ",
        m.n ? t("number.from", { n: m.n }) : ""),
      good,
      m.reasons.length ? h("ul", {}, m.reasons.map((r) => h("li", {}, said(r)))) : null));
}

/** Return a grade's letter in its box. */
export const mark = (letter) =>
  h("span", { class: `grade ${letter}`, title: grade(letter) },
    h("span", { class: "visually-hidden" }, t("number.grade_word"), " "), letter);

function usual(m) {
  if (m.value === null || m.usual === undefined) return "";
  if (m.usual === null) return t("number.no_usual");
  return `${STANDING[m.standing]} ${t("number.usual", { value: value(m.name, m.usual), n: m.usual_n })}`;
}
