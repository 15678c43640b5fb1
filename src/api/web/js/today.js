// The page of today: one athlete, everything from the public API.

import { get, of } from "./api.js";
import { at, h, put } from "./dom.js";
import { figures } from "./figures.js";
import { flags } from "./flags.js";
import { lastRun } from "./lastrun.js";
import { live } from "./live.js";
import { warm } from "./offline.js";
import { begin, link, mayWrite } from "./page.js";
import { sentence } from "./sentence.js";
import { exerciseName, said } from "./server.js";
import { timeline } from "./timeline10.js";
import { upload } from "./upload.js";
import { language, t } from "./words.js";

let athlete = null;
let stopLive = () => {};
let shown = null;

// A recording that has ended is measured by another process; this is when it may be done.
const SOON_MS = [1500, 4000, 8000, 16_000, 40_000];

function show(row) {
  athlete = row;
  for (const id of ["flags-demo", "timeline-demo"]) at(id).hidden = !row.demo;
  stopLive();
  stopLive = live(row.id, () => SOON_MS.forEach((ms) => setTimeout(refresh, ms)));
  shown = null;
  refresh().then(() => warm(row.id));
}

/** Ask again for everything that a new run can change: the sentence first, then the rest. */
async function refresh() {
  const id = athlete.id;
  try {
    const today = await get(of(id, "today"));
    const run = today.run && await get(of(id, "runs", today.run));
    if (id !== athlete.id) return; // another athlete was chosen meanwhile
    if (at("pages").className === "waiting") {
      head(today, run);
      at("pages").className = "coming";
    }
    const [ten, answers, programme] = await Promise.all(
      ["timeline", "flag-answers", "programme"].map((what) => get(of(id, what))));
    if (id !== athlete.id) return;
    const all = JSON.stringify([today, ten, answers, programme, run]);
    if (all === shown) return; // nothing to redraw, and nothing that was opened closes
    shown = all;
    head(today, run);
    flags(id, today, answers.items, { answers: mayWrite(athlete) });
    lastRun(run, today.numbers, run && link("/run", athlete, { run: run.id }));
    figures(programme);
    timeline("timeline", ten.days);
  } catch (problem) {
    put("sentence", problem.message);
  }
  at("pages").className = ""; // all at once: nothing moves under anybody's eyes
}

function head(today, run) {
  put("sentence", sentence(today, run));
  put("next", next(today.next));
  at("how").hidden = !run;
  if (run) at("how").href = link("/after-run", athlete, { run: run.id });
}

/** Return what to do next for the feet, and why this. */
function next({ title, minutes, exercises, why, items }) {
  const names = exercises.map((id) => exerciseName(id, items?.find((one) => one.exercise === id)?.name)).map((name) => (language === "en" ? name.toLowerCase() : name));
  const list = names.join(", ");
  return [h("b", {}, t("today.next"), " ", said(title), minutes ? `, ${minutes} min` : "", ". "), said(why),
    list ? h("span", { class: "quiet" }, ` ${list[0].toUpperCase()}${list.slice(1)}.`) : ""];
}

upload(() => (athlete && mayWrite(athlete) ? athlete.id : null), refresh);
begin(show).catch((problem) => {
  put("sentence", problem.message);
  at("pages").className = "";
});
