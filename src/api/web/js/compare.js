// Two periods side by side: changed, no change, or cannot tell, and never why.

import { get, of } from "./api.js";
import { at, h, put } from "./dom.js";
import { day, label, unit, written } from "./numbers.js";
import { begin } from "./page.js";
import { said } from "./server.js";
import { t } from "./words.js";

const MEASURES = ["gct", "cadence", "softness", "shock", "flight"];
const WEEK_MS = 7 * 86_400_000;

let athlete, measure = "gct";

function show(row) {
  athlete = row;
  const today = Date.now();
  const iso = (ms) => new Date(ms).toISOString().slice(0, 10);
  if (!at("a1").value) {
    for (const [id, weeks] of [["a1", 16], ["a2", 8], ["b1", 8], ["b2", 0]]) at(id).value = iso(today - weeks * WEEK_MS);
  }
  choose();
}

function choose() {
  put("measures", MEASURES.map((name) => h("button", { type: "button", "aria-pressed": String(name === measure), onclick: () => {
    measure = name;
    choose();
  } }, label(name))));
}

async function compare() {
  put("problem");
  const [a1, a2, b1, b2] = ["a1", "a2", "b1", "b2"].map((id) => at(id).value);
  try {
    const query = new URLSearchParams({ measure, by: "period", first: `${a1}..${a2}`, second: `${b1}..${b2}` });
    const effect = await get(`${of(athlete.id, "compare")}?${query}`);
    at("result").hidden = false;
    const shown = (v) => (effect.relative ? `${v >= 0 ? "+" : "−"}${written(Math.abs(v * 100), 1)} %` : `${written(v, 1)} ${unit(measure)}`);
    const verdict = t(`verdict.${effect.verdict.replaceAll(" ", "_")}`);
    put("told", `${label(measure)}: ${verdict}${effect.change === null ? "" : `, ${shown(effect.change)}`}`);
    put("interval", effect.low === null ? "" : h("p", {}, t("compare.interval", { low: shown(effect.low), high: shown(effect.high), least: shown(effect.least) })));
    put("why", said(effect.why));
    put("sums", h("p", { class: "quiet" }, t("compare.runs", { before: effect.n_before, after: effect.n_after,
      a: `${day(a1)} – ${day(a2)}`, b: `${day(b1)} – ${day(b2)}` })));
  } catch (problem) {
    put("problem", problem.message);
  }
}

at("ask").addEventListener("submit", (e) => { e.preventDefault(); compare(); });
begin(show);
