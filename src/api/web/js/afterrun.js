// After a run, in ten seconds: how hard, how the feet were, what hurt, on what, in what.

import { get, of, patch } from "./api.js";
import { choose, chooseMany, score } from "./choice.js";
import { at, h, put } from "./dom.js";
import { day, duration, km } from "./numbers.js";
import { asked, begin } from "./page.js";
import { send } from "./queue.js";
import { SITES, site } from "./sites.js";

const FEET = [[2, "sore"], [5, "tired"], [7, "good"], [9, "springy"]];
const SURFACES = [["road", "Road"], ["trail", "Trail"], ["track", "Track"], ["grass", "Grass"], ["treadmill", "Treadmill"]];
const FIRST_PAIN = 3;

let athlete, run, chosen;

async function show(row) {
  athlete = row;
  try {
    const before = (await get(`${of(row.id, "runs")}?limit=30`)).items;
    const id = asked("run") ?? before[0]?.id;
    if (!id) return put("run-line", "There is no run yet.");
    run = await get(of(row.id, "runs", id));
    at("run-demo").hidden = !run.demo;
    put("run-line", [day(run.day, { weekday: "long", day: "numeric", month: "long" }), run.title,
      km(run.distance_m), duration(run.duration_s)].filter(Boolean).join(" · "));
    form(before.filter((other) => other.id !== run.id));
    at("save").disabled = false;
  } catch (problem) {
    put("run-line", problem.message);
  }
}

/** Offer what was true last time, so that most runs need two taps. */
function form(before) {
  const scores = {};
  const last = before.find((other) => other.shoe || other.surface !== "unknown");
  chosen = {
    scores,
    effort: choose("effort", Array.from({ length: 10 }, (_, i) => [i + 1, String(i + 1)]), run.effort),
    feet: choose("feet", FEET),
    surface: choose("surface", SURFACES, run.surface !== "unknown" ? run.surface : last?.surface ?? null),
    sites: chooseMany("sites", SITES, (names) => {
      for (const name of names) scores[name] ??= FIRST_PAIN;
      put("pains", names.map((name) => score(site(name), scores[name], (v) => { scores[name] = v; })));
    }),
  };
  put("pains");
  at("shoe").value = run.shoe ?? last?.shoe ?? "";
  put("shoes", [...new Set(before.map((other) => other.shoe).filter(Boolean))].map((shoe) => h("option", { value: shoe })));
}

at("after").addEventListener("submit", async (e) => {
  e.preventDefault();
  put("problem");
  const pains = chosen.sites.values.map((name) => ({ site: name, score: chosen.scores[name] }));
  const shoe = at("shoe").value.trim() || null;
  const body = { started_at: run.started_at, day: run.day, pains, pain: Math.max(0, ...pains.map((p) => p.score)), shoe };
  for (const name of ["effort", "feet", "surface"]) if (chosen[name].value !== null) body[name] = chosen[name].value;
  at("save").disabled = true;
  try {
    const there = await send(of(athlete.id, "after-runs"), body);
    const said = { shoe };
    for (const name of ["effort", "surface"]) if (body[name] !== undefined) said[name] = body[name];
    if (there) await patch(of(athlete.id, "runs", run.id), said, run.version);
    put("saved", there ? "✓ Saved." : "Kept on this device; it goes to the server as soon as that answers.");
  } catch (problem) {
    put("problem", problem.message);
    at("save").disabled = false;
  }
});

begin(show);
