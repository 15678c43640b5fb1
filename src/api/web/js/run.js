// One run: its lines over time, its numbers beside others, and who watched.

import { get, of } from "./api.js";
import { bands } from "./bands.js";
import { beside } from "./beside.js";
import { chart, legend, zoom } from "./chart.js";
import { at, h, put } from "./dom.js";
import { placed } from "./explained.js";
import { goodness } from "./goodness.js";
import { drift, sides } from "./halves.js";
import { knownDistance } from "./knowndistance.js";
import { number } from "./lastrun.js";
import { whenNear } from "./near.js";
import { LONG_DAY, day, duration, km, pace } from "./numbers.js";
import { asked, begin, link, mayWrite } from "./page.js";
import { replaying } from "./replaying.js";
import { said } from "./server.js";
import { changes, stretches } from "./stretches.js";
import { watched } from "./watched.js";
import { t } from "./words.js";

const LINES = ["gct_ms", "cadence_spm", "softness", "strike_deg", "shock_g", "flight_ms", "speed_mps",
  "vertical_oscillation_mm", "heart_rate_bpm", "power_w", "altitude_m"];
const MAIN = ["cadence", "gct", "flight", "softness", "strike", "shock", "speed", "heart_rate", "gct_balance"];
const BINS = 240;

async function show(athlete) {
  try {
    const id = asked("run") ?? (await get(`${of(athlete.id, "runs")}?limit=1`)).items[0]?.id;
    if (!id) return put("run-title", t("today.no_run"));
    const [run, lines] = await Promise.all(
      [get(of(athlete.id, "runs", id)), get(`${of(athlete.id, "runs", id, "chart")}?bins=${BINS}`)]);
    head(run, athlete);
    const good = await goodness(run);
    tiles(run.summary.measures, good);
    put("notes", run.summary.warnings.map((text) => h("li", {}, said(text))));
    put("sides", sides(lines));
    put("drift", drift(lines));
    put("changes", changes(run.summary));
    put("stretches", stretches(run.summary));
    const drawn = charts(lines);
    const { items } = await get(`${of(athlete.id, "runs")}?limit=60`);
    const others = items.filter((one) => one.id !== id);
    beside(athlete, run, others);
    watched(athlete, run, others, mayWrite(athlete));
    replaying(athlete, run);
    knownDistance(athlete, run, mayWrite(athlete), () => show(athlete));
    if (drawn) closer(athlete, run, others, drawn);
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

/** The numbers that most runs are read by, and the others behind a tap. */
function tiles(measures, good) {
  const of = (found) => paired(found).map((m) => placed(m.name, number({ ...m, usual: undefined }, good(m))));
  put("numbers", of(MAIN.map((name) => measures.find((m) => m.name === name)).filter(Boolean)));
  const more = measures.filter((m) => !MAIN.includes(m.name));
  put("more-numbers", of(more));
  at("more-part").hidden = !more.length;
  put("more-count", t("run.more_numbers", { n: more.length }));
}

/** Softness is never read without the strike angle beside it: how the foot arrives changes what is soft. */
function paired(measures) {
  const strike = measures.find((m) => m.name === "strike");
  return measures.filter((m) => m !== strike || !measures.some((one) => one.name === "softness"))
    .flatMap((m) => (m.name === "softness" && strike ? [m, strike] : [m]));
}

/** Draw the overview; returns what the closer look shares with it, null where there are no lines. */
function charts(data) {
  const shown = LINES.filter((name) => data.lines.some((line) => line.columns[name]));
  put("legend", shown.length ? legend(data) : "");
  at("close-part").hidden = at("moment").hidden = !shown.length;
  if (!shown.length) {
    put("charts", h("p", { class: "quiet" }, t("run.no_lines")));
    return null;
  }
  const found = bands(data);
  put("breaks", found.told);
  const drawn = shown.map((name) => chart(name, data, found));
  put("charts", drawn.map((one) => one.node));
  const shared = { found, looked: () => {} };
  const look = zoom(drawn, data, { whole: at("whole"), moment: at("moment"), looked: (from, to) => shared.looked(from * data.bin_s, to * data.bin_s) });
  shared.look = (from_s, to_s) => look(Math.floor(from_s / data.bin_s), Math.min(data.bins, Math.ceil(to_s / data.bin_s)));
  return shared;
}

/** Many points are drawn by a large script: it comes once the page is seen, and only if one scrolls there. */
function closer(athlete, run, others, shared) {
  whenNear("close-part", async () => {
    try {
      const { detail } = await import("./detail.js");
      shared.looked = await detail(athlete, run, shared.found, others, shared.look);
    } catch (problem) {
      put("close-says", problem.message);
    }
  });
}

at("print").addEventListener("click", () => print());
begin(show);
