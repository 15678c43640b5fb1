// One run: its lines over time, its numbers, and who watched.

import { get, of } from "./api.js";
import { chart, zoom } from "./chart.js";
import { at, h, put } from "./dom.js";
import { number } from "./lastrun.js";
import { bytes, day, duration, km, written } from "./numbers.js";
import { asked, begin } from "./page.js";

const LINES = ["gct_ms", "cadence_spm", "shock_g", "strike_deg", "flight_ms", "speed_mps",
  "vertical_oscillation_mm", "heart_rate_bpm", "power_w", "altitude_m"];

async function show(athlete) {
  try {
    const id = asked("run") ?? (await get(`${of(athlete.id, "runs")}?limit=1`)).items[0]?.id;
    if (!id) return put("run-title", "No run yet.");
    const [run, lines] = await Promise.all(
      [get(of(athlete.id, "runs", id)), get(`${of(athlete.id, "runs", id, "chart")}?bins=240`)]);
    head(run);
    put("numbers", run.summary.measures.map((m) => number({ ...m, usual: undefined })));
    put("notes", run.summary.warnings.map((text) => h("li", {}, text)));
    put("recordings", recordings(run));
    charts(lines);
  } catch (problem) {
    put("run-title", problem.status === 404 ? "This run is not here, or it is another athlete's." : problem.message);
    for (const place of ["charts", "numbers", "notes", "recordings"]) put(place);
  }
}

function head(run) {
  document.title = `catfoot: ${day(run.day)}`;
  at("run-demo").hidden = !run.demo;
  put("run-title", [day(run.day, { weekday: "long", day: "numeric", month: "long" }), run.title].filter(Boolean).join(": "));
  put("run-line", [km(run.distance_m), duration(run.duration_s),
    run.effort === null ? null : `effort ${written(run.effort)} of 10`, run.shoe].filter(Boolean).join(" · "));
}

function charts(data) {
  const shown = LINES.filter((name) => data.lines.some((line) => line.columns[name]));
  if (!shown.length) return put("charts", h("p", { class: "quiet" }, "Nothing was measured step by step in this run; its numbers are below."));
  const drawn = shown.map((name) => chart(name, data));
  put("charts", drawn.map((one) => one.node));
  zoom(drawn, data, { whole: at("whole"), moment: at("moment") });
}

function recordings(run) {
  if (!run.recordings.length) return h("p", { class: "quiet" }, "Written down by hand; nothing watched.");
  const rows = run.recordings.map((r) => h("tr", {},
    h("th", { scope: "row" }, r.name), h("td", {}, r.device), h("td", {}, r.side), h("td", {}, r.place),
    h("td", { class: "n" }, r.rate_hz === null ? "–" : `${written(r.rate_hz)} Hz`),
    h("td", { class: "n" }, duration(r.duration_s)), h("td", { class: "n" }, bytes(r.size_bytes))));
  return h("table", {},
    h("thead", {}, h("tr", {}, ["Recording", "Device", "Foot", "Place"].map((t) => h("th", { scope: "col" }, t)),
      ["Rate", "Length", "Size"].map((t) => h("th", { scope: "col", class: "n" }, t)))),
    h("tbody", {}, rows));
}

begin(show);
