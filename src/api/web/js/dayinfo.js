// What one day of the timeline holds: sums, words, and a row of the table.

import { h } from "./dom.js";
import { severity } from "./flags.js";
import { day, duration, km, written } from "./numbers.js";
import { plainly } from "./server.js";
import { t } from "./words.js";

const sum = (items, of) => items.reduce((total, item) => total + (of(item) ?? 0), 0);

export const metres = (d) => sum(d.runs, (run) => run.distance_m);
export const runSeconds = (d) => sum(d.runs, (run) => run.duration_s);
export const minutes = (d) => sum(d.strength, (session) => session.duration_min);
export const worst = (d) => Math.max(0, ...d.check_ins.flatMap((c) => c.soreness.map((one) => one.score)));

/** A flag is marked where its episode begins, not on every day that it lasts. */
export const starting = (d) => d.flags.filter((flag) => flag.first_day === d.day);

/** Return a day in one sentence. */
export function words(d) {
  const parts = [
    ...d.runs.map((run) => t("timeline.ran", { run: km(run.distance_m) ?? duration(run.duration_s) })),
    ...d.strength.map((one) => t("timeline.did", { n: written(one.duration_min) })),
    worst(d) ? t("timeline.felt", { n: written(worst(d)) }) : null,
    ...starting(d).map((flag) => `${severity(flag.severity)}: ${flag.title}`),
  ].filter(Boolean);
  return `${day(d.day)}: ${parts.length ? parts.join("; ") : t("timeline.empty")}.`;
}

/** Return every day with something in it as a table that opens. */
export function dayTable(days) {
  const rows = days.filter((d) => d.runs.length || d.strength.length || worst(d) || starting(d).length).reverse();
  return h("details", {}, h("summary", {}, t("timeline.table")),
    h("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": t("timeline.table") }, h("table", {},
      h("thead", {}, h("tr", {}, ["day", "runs", "strength", "sore", "flags"].map((name) => h("th", { scope: "col" }, t(`timeline.${name}`))))),
      h("tbody", {}, rows.map((d) => h("tr", {}, h("th", { scope: "row" }, day(d.day)),
        h("td", {}, d.runs.map((r) => km(r.distance_m) ?? duration(r.duration_s)).join(", ")),
        h("td", {}, minutes(d) ? t("unit.n_min", { n: written(minutes(d)) }) : ""),
        h("td", {}, worst(d) ? t("of_10", { n: written(worst(d)) }) : ""),
        h("td", {}, starting(d).map((f) => plainly(f.title)).join(", "))))))));
}
