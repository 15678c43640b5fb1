// One athlete on one sheet: where they stand, what asks for a look and why, the last runs and foot work.

import { get, of } from "./api.js";
import { at, h, put } from "./dom.js";
import { changes } from "./changed.js";
import { figures } from "./figures.js";
import { one as flagCard } from "./flags.js";
import { LONG_DAY, day, duration, km, pace, titled, value, written } from "./numbers.js";
import { begin, link } from "./page.js";
import { sentence } from "./sentence.js";
import { said } from "./server.js";
import { table } from "./table.js";
import { testName, testValue } from "./testname.js";
import { timeline } from "./timeline10.js";
import { t } from "./words.js";

const RUNS = 12;
const SESSIONS = 8;
const SHOWN = ["cadence", "gct", "softness", "strike"];

async function show(athlete) {
  try {
    const from = (...parts) => get(of(athlete.id, ...parts));
    const [today, ten, answers, programme, runs, sessions, tests] = await Promise.all([from("today"), from("timeline"), from("flag-answers"),
      from("programme"), get(`${of(athlete.id, "runs")}?limit=${RUNS}`), get(`${of(athlete.id, "strength-sessions")}?limit=${SESSIONS}`),
      get(`${of(athlete.id, "assessments")}?limit=1`)]);
    put("sheet-title", athlete.name);
    put("sheet-line", t("sheet.on", { day: day(today.day, LONG_DAY) }));
    put("sentence", sentence(today, runs.items.find((one) => one.id === today.run)));
    figures(programme);
    timeline("timeline", ten.days);
    flags(athlete, today, answers.items);
    put("runs", lately(athlete, runs.items));
    put("next", h("b", {}, t("today.next"), " ", said(today.next.title)), ". ", said(today.next.why));
    put("sessions", work(sessions.items));
    const { changed, last } = tests.standing;
    put("before", changes(changed));
    put("tests", last.length ? table([t("tests.test"), t("tests.side"), t("tests.best"), t("tests.tries")], last.map((one) =>
      [testName(one.test), t(`side.${one.side}`), testValue(one.best, one.unit), written(one.n)])) : "");
  } catch (problem) {
    put("sheet-title", problem.message);
  }
}

/** Every flag with what speaks for it laid open: nobody can unfold paper. */
function flags(athlete, { flags: found }, given) {
  put("flags", found.length ? found.map((flag) => flagCard(athlete.id, flag, given.find((a) => a.rule === flag.rule && a.first_day === flag.first_day), { answers: false }))
    : h("p", { class: "quiet" }, t("flags.none")));
  for (const details of at("flags").querySelectorAll("details")) details.open = true;
}

function lately(athlete, runs) {
  if (!runs.length) return h("p", { class: "quiet" }, t("today.no_run"));
  const names = SHOWN.filter((name) => runs.some((run) => measured(run, name) !== null));
  return table([t("plan.day"), t("plan.distance"), t("sheet.time"), t("sheet.pace"), t("sheet.effort"), ...names.map(titled)], runs.map((run) =>
    [h("a", { href: link("/run", athlete, { run: run.id }) }, day(run.day)), km(run.distance_m) ?? "–", duration(run.duration_s),
      run.distance_m ? pace(run.distance_m / run.duration_s) : "–", written(run.effort), ...names.map((name) => value(name, measured(run, name)))]), t("sheet.runs"));
}

const measured = (run, name) => run.summary.measures.find((m) => m.name === name)?.value ?? null;

function work(sessions) {
  if (!sessions.length) return h("p", { class: "quiet" }, t("sheet.no_work"));
  return table([t("plan.day"), t("sheet.time"), t("sheet.sets"), t("sheet.pillars")], sessions.map((one) =>
    [day(one.day), t("unit.n_min", { n: written(one.duration_min) }), written(one.sets.length), one.pillars.map((name) => t(`pillar.${name}`)).join(", ") || "–"]), t("sheet.work"), "words");
}

at("print").addEventListener("click", () => print());
begin(show);
