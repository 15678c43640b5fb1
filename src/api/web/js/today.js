// The page of today: one athlete, everything from the public API, the first words first.

import { get, of } from "./api.js";
import { at, h, put } from "./dom.js";
import { warm } from "./offline.js";
import { before, begin, link, maySee } from "./page.js";
import { sentence } from "./sentence.js";
import { exerciseName, said } from "./server.js";
import { t, within } from "./words.js";

const MONDAY = 1;
let athlete = null;
let shown = null;

// Asked for before anybody has said whose page this is: whose it was last time, it mostly is again.
const last = before();
let early = last && { id: last, today: get(of(last, "today")), runs: get(`${of(last, "runs")}?limit=1`) };
for (const asked of [early?.today, early?.runs]) asked?.catch(() => {}); // then it is asked again, and told

const rest = new Promise((go) => { setTimeout(go); }).then(() => import("./todayrest.js"));

function show(row) {
  athlete = row;
  shown = null;
  refresh().then(() => warm(row));
  rest.then(({ follow }) => { if (athlete === row) follow(row, refresh); });
}

/** Ask for an athlete's day and last run: mostly both are on their way already. */
async function day(id) {
  const [now, guess] = early?.id === id ? await Promise.all([early.today, early.runs]).catch(() => []) : [];
  early = null;
  const today = now ?? await get(of(id, "today"));
  const newest = guess?.items[0];
  const known = newest && newest.id === today.run ? newest : today.run && get(of(id, "runs", today.run));
  return [today, ...await Promise.all([known, letter(id, today.day)])];
}

/** Ask again for everything that a new run can change: the sentence first, then the rest. */
async function refresh() {
  const { id } = athlete;
  try {
    const [today, run, monday] = await day(id);
    if (id !== athlete.id) return; // another athlete was chosen meanwhile
    if (at("pages").className === "waiting") {
      head(today, run, monday);
      at("pages").className = "coming";
    }
    const [ten, answers, programme] = await Promise.all(
      ["timeline", "flag-answers", "programme"].map((what) => get(of(id, what))));
    const { fill } = await rest;
    if (id !== athlete.id) return;
    const all = JSON.stringify([today, ten, answers, programme, run]);
    if (all === shown) return; // nothing to redraw, and nothing that was opened closes
    shown = all;
    head(today, run, monday);
    fill(athlete, { today, run, ten, answers, programme });
  } catch (problem) {
    put("sentence", problem.message);
  }
  at("pages").className = ""; // all at once: nothing moves under anybody's eyes
}

/** Return what the week's letter says first and the way to it; on Mondays, when it is new. */
async function letter(id, date) {
  if (new Date(`${date}T12:00:00Z`).getUTCDay() !== MONDAY || !maySee(athlete, "load_and_flags")) return [];
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

/** Return what to do next for the feet, and why this. */
function next({ title, minutes, exercises, why, items }) {
  const names = exercises.map((id) => exerciseName(id, items?.find((one) => one.exercise === id)?.name)).map(within);
  const list = names.join(", ");
  return [h("b", {}, t("today.next"), " ", said(title), minutes ? `, ${minutes} min` : "", ". "), said(why),
    list ? h("span", { class: "quiet" }, ` ${list[0].toUpperCase()}${list.slice(1)}.`) : ""];
}

rest.then(({ dropping }) => dropping(() => athlete, refresh));
begin(show).catch((problem) => {
  put("sentence", problem.message);
  at("pages").className = "";
});
