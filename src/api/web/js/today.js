// The page of today: one athlete, everything from the public API.

import { get, of } from "./api.js";
import { at, h, put } from "./dom.js";
import { figures } from "./figures.js";
import { flags } from "./flags.js";
import { lastRun } from "./lastrun.js";
import { live } from "./live.js";
import { label } from "./numbers.js";
import { warm } from "./offline.js";
import { begin, link, maySee, mayWrite } from "./page.js";
import { sentence } from "./sentence.js";
import { exerciseName, said } from "./server.js";
import { timeline } from "./timeline10.js";
import { upload } from "./upload.js";
import { t, within } from "./words.js";

const MONDAY = 1;
let athlete = null;
let stopLive = () => {};
let shown = null;

// A recording that has ended is measured by another process; this is when it may be done.
const SOON_MS = [1500, 4000, 8000, 16_000, 40_000];

function show(row) {
  athlete = row;
  for (const id of ["flags-demo", "timeline-demo"]) at(id).hidden = !row.demo;
  stopLive();
  stopLive = maySee(row, "metrics") ? live(row.id, () => SOON_MS.forEach((ms) => setTimeout(refresh, ms))) : () => {};
  shown = null;
  refresh().then(() => warm(row));
}

/** Ask again for everything that a new run can change: the sentence first, then the rest. */
async function refresh() {
  const id = athlete.id;
  try {
    const today = await get(of(id, "today"));
    const [run, monday] = await Promise.all([today.run && get(of(id, "runs", today.run)), letter(id, today.day)]);
    if (id !== athlete.id) return; // another athlete was chosen meanwhile
    if (at("pages").className === "waiting") {
      head(today, run, monday);
      at("pages").className = "coming";
    }
    const [ten, answers, programme] = await Promise.all(
      ["timeline", "flag-answers", "programme"].map((what) => get(of(id, what))));
    if (id !== athlete.id) return;
    const all = JSON.stringify([today, ten, answers, programme, run]);
    if (all === shown) return; // nothing to redraw, and nothing that was opened closes
    shown = all;
    head(today, run, monday);
    flags(id, today, answers.items, { answers: mayWrite(athlete) });
    lastRun(run, today.numbers, run && link("/run", athlete, { run: run.id }));
    missing(today.numbers, run);
    figures(programme);
    timeline("timeline", ten.days);
  } catch (problem) {
    put("sentence", problem.message);
  }
  at("pages").className = ""; // all at once: nothing moves under anybody's eyes
}

/** Return what the week's letter says first and the way to it; on Mondays, when it is new. */
async function letter(id, day) {
  if (new Date(`${day}T12:00:00Z`).getUTCDay() !== MONDAY || !maySee(athlete, "load_and_flags")) return [];
  const { sentences } = await get(of(id, "letter"));
  return sentences.length ? [h("b", {}, t("today.letter")), " ", said(sentences[0]), " ",
    h("a", { href: link("/letter", athlete) }, t("today.whole_letter"))] : [];
}

function head(today, run, monday) {
  put("letter", monday);
  put("sentence", sentence(today, run));
  put("next", next(today.next));
  at("how").hidden = !run;
  if (run) at("how").href = link("/after-run", athlete, { run: run.id });
}

/** What could not be measured is a matter of what one owns. */
function missing(numbers, run) {
  const none = run ? numbers.filter((one) => one.value === null).map((one) => label(one.name)) : [];
  put("missing", none.length ? [t("today.missing", { what: none.join(", ") }), " ",
    h("a", { href: `${link("/devices", athlete)}#own-title` }, t("owned.title"))] : []);
}

/** Return what to do next for the feet, and why this. */
function next({ title, minutes, exercises, why, items }) {
  const names = exercises.map((id) => exerciseName(id, items?.find((one) => one.exercise === id)?.name)).map(within);
  const list = names.join(", ");
  return [h("b", {}, t("today.next"), " ", said(title), minutes ? `, ${minutes} min` : "", ". "), said(why),
    list ? h("span", { class: "quiet" }, ` ${list[0].toUpperCase()}${list.slice(1)}.`) : ""];
}

upload(() => (athlete && mayWrite(athlete) ? athlete.id : null), refresh);
begin(show).catch((problem) => {
  put("sentence", problem.message);
  at("pages").className = "";
});
