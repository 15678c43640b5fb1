// One run: its lines over time, its numbers beside others, and who watched.

import { get, of } from "./api.js";
import { bands } from "./bands.js";
import { beside } from "./beside.js";
import { chart, legend, zoom } from "./chart.js";
import { at, h, put } from "./dom.js";
import { goodness } from "./goodness.js";
import { drift, sides } from "./halves.js";
import { number } from "./lastrun.js";
import { LONG_DAY, day, duration, km, pace } from "./numbers.js";
import { asked, begin, link, mayWrite } from "./page.js";
import { said } from "./server.js";
import { changes, stretches } from "./stretches.js";
import { watched } from "./watched.js";
import { t } from "./words.js";

const LINES = ["gct_ms", "cadence_spm", "softness", "strike_deg", "shock_g", "flight_ms", "speed_mps",
  "vertical_oscillation_mm", "heart_rate_bpm", "power_w", "altitude_m"];
const BINS = 240;

async function show(athlete) {
  try {
    const id = asked("run") ?? (await get(`${of(athlete.id, "runs")}?limit=1`)).items[0]?.id;
    if (!id) return put("run-title", t("today.no_run"));
    const [run, lines] = await Promise.all(
      [get(of(athlete.id, "runs", id)), get(`${of(athlete.id, "runs", id, "chart")}?bins=${BINS}`)]);
    head(run, athlete);
    const good = await goodness(run);
    put("numbers", paired(run.summary.measures).map((m) => number({ ...m, usual: undefined }, good(m))));
    put("notes", run.summary.warnings.map((text) => h("li", {}, said(text))));
    put("sides", sides(lines));
    put("drift", drift(lines));
    put("changes", changes(run.summary));
    put("stretches", stretches(run.summary));
    await charts(lines, athlete, id);
    const { items } = await get(`${of(athlete.id, "runs")}?limit=60`);
    const others = items.filter((one) => one.id !== id);
    beside(athlete, run, others);
    watched(athlete, run, others, mayWrite(athlete));
  } catch (problem) {
    put("run-title", problem.status === 404 ? t("run.elsewhere") : problem.message);
    for (const place of ["charts", "numbers", "notes", "recordings", "stretches", "changes"]) put(place);
  }
}

function head(run, athlete) {
  document.title = `catfoot: ${day(run.day)}`;
  at("run-demo").hidden = !run.demo;
  at("how").href = link("/after-run", athlete, { run: run.id });
  put("run-title", [day(run.day, LONG_DAY), run.title].filter(Boolean).join(": "));
  put("run-line", [km(run.distance_m), duration(run.duration_s), run.distance_m ? pace(run.distance_m / run.duration_s) : null,
    run.effort === null ? null : t("run.effort", { n: run.effort }), run.shoe].filter(Boolean).join(" · "));
}

/** Softness is never read without the strike angle beside it: how the foot arrives changes what is soft. */
function paired(measures) {
  const strike = measures.find((m) => m.name === "strike");
  return measures.filter((m) => m !== strike || !measures.some((one) => one.name === "softness"))
    .flatMap((m) => (m.name === "softness" && strike ? [m, strike] : [m]));
}

async function charts(data, athlete, id) {
  const shown = LINES.filter((name) => data.lines.some((line) => line.columns[name]));
  put("legend", shown.length ? legend(data) : "");
  if (!shown.length) {
    at("moment").hidden = true;
    return put("charts", h("p", { class: "quiet" }, t("run.no_lines")));
  }
  const found = await bands(data, athlete, id);
  put("breaks", found.told);
  const drawn = shown.map((name) => chart(name, data, found));
  put("charts", drawn.map((one) => one.node));
  zoom(drawn, data, { whole: at("whole"), moment: at("moment") });
}

at("print").addEventListener("click", () => print());
begin(show);
