// What the athlete has to show: distance without pain, time under load, the best clean hold.

import { h, put } from "./dom.js";
import { duration, km, written } from "./numbers.js";
import { t } from "./words.js";

/** Show the figures of a standing; what nobody knows is a dash with its reason. */
export function figures({ figures: f, longest_m: longest, adherence_pct: kept }) {
  const tiles = [
    ["free", km(f.longest_free_m), f.runs ? t("figures.asked", { n: f.asked, runs: f.runs }) : t("figures.no_runs")],
    ["load", f.under_load_28_days_s ? duration(f.under_load_28_days_s) : null, t("figures.28_days")],
    ["hold", f.best_clean_hold_s === null ? null : t("unit.n_s", { n: written(f.best_clean_hold_s, 1) }),
      f.best_clean_hold_s === null ? t("figures.no_hold") : t("figures.clean")],
    ["kept", kept === null ? null : t("unit.n_pct", { n: written(kept) }), t("figures.plan")],
  ];
  put("figures", tiles.map(([name, value, note]) =>
    h("div", { class: "number", data: { figure: name } }, h("div", { class: "label" }, t(`figures.${name}`)),
      h("div", { class: "value" }, value ?? "–"), h("div", { class: "usual" }, note))));
  put("longest", longest === null ? t("figures.longest_unknown") : t("figures.longest", { distance: km(longest) }));
}
