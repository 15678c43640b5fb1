// After a run, in ten seconds: how hard, how the feet were, what hurt, on what, in what.

import { get, of } from "./api.js";
import { choose, chooseMany } from "./choice.js";
import { at, h, put } from "./dom.js";
import { hurt, pained, pains } from "./hurt.js";
import { LONG_DAY, day, duration, km } from "./numbers.js";
import { asked, begin } from "./page.js";
import { amend, send } from "./queue.js";
import { SITES } from "./sites.js";
import { MILE_M, imperial } from "./units.js";
import { t } from "./words.js";

const FEET = [2, 5, 7, 9].map((value) => [value, t(`scale.after.${value}`)]);
const SURFACES = ["road", "trail", "track", "grass", "treadmill"].map((name) => [name, t(`surface.${name}`)]);
const EFFORT = Array.from({ length: 10 }, (_, i) => [i + 1, String(i + 1)]);

let athlete, run, chosen;

async function show(row) {
  athlete = row;
  try {
    const before = (await get(`${of(row.id, "runs")}?limit=30`)).items;
    const id = asked("run") ?? before[0]?.id;
    if (!id) return put("run-line", t("after.no_run"));
    run = await get(of(row.id, "runs", id));
    at("run-demo").hidden = !run.demo;
    put("run-line", [day(run.day, LONG_DAY), run.title, km(run.distance_m), duration(run.duration_s)].filter(Boolean).join(" · "));
    form(before.filter((other) => other.id !== run.id));
    at("save").disabled = false;
  } catch (problem) {
    put("run-line", problem.message);
  }
}

/** Offer what was true last time, so that most runs need two taps. */
function form(before) {
  const said = {};
  const guess = (of) => before.map(of).find((known) => known && known !== "unknown") ?? null;
  const shoe = run.shoe ?? likely(before, (other) => other.shoe);
  const surface = run.surface !== "unknown" ? run.surface : likely(before, (other) => (other.surface === "unknown" ? null : other.surface))
    ?? guess((other) => other.surface);
  chosen = {
    said,
    effort: choose("effort", EFFORT, run.effort),
    feet: choose("feet", FEET),
    surface: choose("surface", SURFACES, surface),
    sites: chooseMany("sites", SITES, (names) => {
      for (const name of names) said[name] ??= { ...pained(), onset_m: null };
      put("pains", names.map((name) => hurt(name, said[name], from(said[name]))));
    }),
  };
  put("pains");
  at("shoe").value = shoe ?? "";
  at("guessed").hidden = Boolean(run.shoe && run.surface !== "unknown") || !(shoe || surface);
  put("shoes", [...new Set(before.map((other) => other.shoe).filter(Boolean))].map((name) => h("option", { value: name })));
}

/** Return what a run of this kind had last: same weekday first, then the newest. */
function likely(before, of) {
  const weekday = (one) => new Date(`${one.day}T12:00:00Z`).getUTCDay();
  const same = before.filter((one) => weekday(one) === weekday(run) && Math.abs((one.distance_m ?? 0) - (run.distance_m ?? 0)) < 3000);
  return [...same, ...before].map(of).find(Boolean) ?? null;
}

/** From which distance on it hurt. */
function from(pain) {
  const per = imperial() ? MILE_M : 1000;
  return h("label", { class: "from" }, t(imperial() ? "after.from_mi" : "after.from_km"), " ",
    h("input", { type: "number", min: 0, max: 1000, step: 0.5, inputmode: "decimal", oninput: (e) => {
      pain.onset_m = e.target.value === "" ? null : Number(e.target.value) * per;
    } }));
}

at("after").addEventListener("submit", async (e) => {
  e.preventDefault();
  put("problem");
  const shoe = at("shoe").value.trim() || null;
  const body = { started_at: run.started_at, day: run.day, ...pains(chosen.sites.values, chosen.said), shoe };
  for (const name of ["effort", "feet", "surface"]) if (chosen[name].value !== null) body[name] = chosen[name].value;
  at("save").disabled = true;
  try {
    const there = await send(of(athlete.id, "after-runs"), body);
    const of_run = { shoe };
    for (const name of ["effort", "surface"]) if (body[name] !== undefined) of_run[name] = body[name];
    await amend(of(athlete.id, "runs", run.id), of_run);
    put("saved", t(there ? "saved" : "kept"));
  } catch (problem) {
    put("problem", problem.message);
    at("save").disabled = false;
  }
});

begin(show);
