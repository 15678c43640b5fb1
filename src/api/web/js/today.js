// The page of today: one athlete, everything from the public API.

import { get, of, post } from "./api.js";
import { at, h, put } from "./dom.js";
import { flags } from "./flags.js";
import { lastRun } from "./lastrun.js";
import { live } from "./live.js";
import { begin, link } from "./page.js";
import { timeline } from "./timeline.js";
import { upload } from "./upload.js";

let athlete = null;
let stopLive = () => {};
let shown = null;

// A recording that has ended is measured by another process; this is when it may be done.
const SOON_MS = [1500, 4000, 8000, 16_000, 40_000];

const start = (wanted) => begin(show, empty, wanted);

/** Nobody to show: begin, or wait until somebody shares something. */
function empty(me) {
  at("start").hidden = false;
  if (me.accounts && me.role !== "owner") {
    put("start-title", "Nobody shares their days with you yet");
    put("start-text", "An athlete shares under Account; until then there is nothing to see here.");
    at("start-form").hidden = true;
  }
}

function show(row) {
  athlete = row;
  at("start").hidden = true;
  at("pages").hidden = false;
  for (const id of ["flags-demo", "timeline-demo"]) at(id).hidden = !row.demo;
  stopLive();
  stopLive = live(row.id, () => SOON_MS.forEach((ms) => setTimeout(refresh, ms)));
  shown = null;
  refresh();
}

/** Ask again for everything that a new run can change. */
async function refresh() {
  const id = athlete.id;
  try {
    const [today, ten, answers] = await Promise.all(
      [get(of(id, "today")), get(of(id, "timeline")), get(of(id, "flag-answers"))]);
    const run = today.run && await get(of(id, "runs", today.run));
    if (id !== athlete.id) return; // another athlete was chosen meanwhile
    const all = JSON.stringify([today, ten, answers, run]);
    if (all === shown) return; // nothing to redraw, and nothing that was opened closes
    shown = all;
    put("sentence", today.sentence);
    put("next", next(today.next));
    flags(id, today, answers.items);
    lastRun(run, today.numbers, run && link("/run", athlete, { run: run.id }));
    timeline("timeline", ten.days);
  } catch (problem) {
    put("sentence", problem.message);
  }
}

/** Return what to do next for the feet, and why this. */
function next({ title, minutes, exercises, why }) {
  const list = exercises.map((name) => name.replaceAll("_", " ")).join(", ");
  return [h("b", {}, `Next for your feet: ${title}${minutes ? `, ${minutes} min` : ""}. `), why,
    list ? h("span", { class: "quiet" }, ` ${list[0].toUpperCase()}${list.slice(1)}.`) : ""];
}

at("start-form").addEventListener("submit", async (e) => {
  e.preventDefault();
  const tz = Intl.DateTimeFormat().resolvedOptions().timeZone;
  try {
    const row = await post("/api/v1/athletes", { name: at("start-name").value, tz });
    await start(row.id);
  } catch (problem) {
    put("start-problem", problem.message);
  }
});
upload(() => athlete?.id, refresh);
start().catch((problem) => {
  at("pages").hidden = false;
  put("sentence", problem.message);
});
