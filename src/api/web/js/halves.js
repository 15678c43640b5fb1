// Left beside right, and the end of a run beside its beginning, from the lines of the run.

import { h } from "./dom.js";
import { explained } from "./explained.js";
import { titled, value, written } from "./numbers.js";
import { table } from "./table.js";
import { t } from "./words.js";

const BESIDE = ["gct_ms", "flight_ms", "softness", "strike_deg", "shock_g"];
const DRIFTS = ["gct_ms", "cadence_spm", "softness", "strike_deg", "shock_g", "heart_rate_bpm"];
const LEAST_BINS = 9;

export const measureOf = (column) => (column.includes("_") ? column.slice(0, column.lastIndexOf("_")) : column);

/** Return the middle of the known values, null where there is none. */
export function median(values) {
  const known = values.filter((v) => v !== null && v !== undefined).sort((a, b) => a - b);
  return known.length ? (known[(known.length - 1) >> 1] + known[known.length >> 1]) / 2 : null;
}

const POINTS = ["strike_deg", "softness"]; // whose zero is no beginning: a share of it says nothing
const percent = (from, to) => (from ? `${to >= from ? "+" : "−"}${written(Math.abs((to / from - 1) * 100), 1)} %` : "–");
const change = (name, from, to) => (POINTS.includes(name) ? `${to >= from ? "+" : "−"}${written(Math.abs(to - from), 1)}` : percent(from, to));
const named = (column) => explained(measureOf(column), titled(measureOf(column)));

/** Return the feet side by side, over bins in which both were heard. */
export function sides({ lines }) {
  const left = lines.find((line) => line.side === "left"), right = lines.find((line) => line.side === "right");
  if (!left || !right) return h("p", { class: "quiet" }, t("run.one_foot"));
  const rows = BESIDE.filter((name) => left.columns[name] && right.columns[name]).map((name) => {
    const both = left.columns[name].map((v, i) => v !== null && right.columns[name][i] !== null);
    const [a, b] = [left, right].map((line) => median(line.columns[name].filter((_, i) => both[i])));
    return [named(name), value(measureOf(name), a), value(measureOf(name), b), change(name, a, b)];
  });
  return rows.length ? table([t("table.measure"), t("foot.left"), t("foot.right"), t("table.right_against")], rows) : h("p", { class: "quiet" }, t("run.one_foot"));
}

/** Return the last third of the run beside its first. */
export function drift({ lines, bins }) {
  if (bins < LEAST_BINS) return h("p", { class: "quiet" }, t("run.too_short"));
  const third = Math.floor(bins / 3);
  const rows = DRIFTS.flatMap((name) => {
    const having = lines.filter((line) => line.columns[name]);
    if (!having.length) return [];
    const part = (from, to) => median(having.flatMap((line) => line.columns[name].slice(from, to)));
    const [first, last] = [part(0, third), part(bins - third, bins)];
    if (first === null || last === null) return [];
    return [[named(name), value(measureOf(name), first), value(measureOf(name), last), change(name, first, last)]];
  });
  return rows.length ? table([t("table.measure"), t("table.first"), t("table.last"), t("table.change")], rows) : h("p", { class: "quiet" }, t("run.no_lines"));
}
