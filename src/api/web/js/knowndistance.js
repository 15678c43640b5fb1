// How far a run truly was, said by whoever counted laps: its lengths follow, and what changed is said.

import { get, of, patch } from "./api.js";
import { at, put } from "./dom.js";
import { label, value, unit, written } from "./numbers.js";
import { MILE_M, imperial } from "./units.js";
import { locale, t } from "./words.js";

const INDOORS = ["track", "treadmill"]; // grounds that say how the distance is known
const FOLLOWS = ["stride", "speed"];
const DECIMAL = locale === "de-DE" ? "," : ".";
const per = () => (imperial() ? MILE_M : 1000);
const far = (m) => (m === null ? "–" : t(imperial() ? "unit.n_mi" : "unit.n_km", { n: written(m / per(), 2) }));

/** Offer to say how far a run was; again() shows the run anew. */
export function knownDistance(athlete, run, writes, again) {
  at("known-form").hidden = !writes;
  put("known-label", t("known.label", { unit: t(imperial() ? "known.mi" : "known.km") }));
  at("known").required = run.known_m === null; // emptied, what was said is taken back
  at("known").value = run.known_m === null ? "" : String(Number((run.known_m / per()).toFixed(3))).replace(".", DECIMAL);
  at("known-by").value = INDOORS.includes(run.surface) ? run.surface : "way";
  put("known-says");
  at("known-form").onsubmit = async (e) => {
    e.preventDefault();
    try {
      const path = of(athlete.id, "runs", run.id);
      const { version } = await get(path);
      const after = await patch(path, asked(run), version);
      await again();
      put("known-says", told(run, after));
    } catch (problem) {
      put("known-says", problem.message);
    }
  };
}

/** Return what is to be written; raises an Error that says what was expected. */
function asked(run) {
  const text = at("known").value.trim().replace(",", "."), by = at("known-by").value;
  if (!text) return { known_m: null };
  if (!(Number(text) > 0)) throw new Error(t("known.wrong"));
  const surface = by !== "way" ? by : INDOORS.includes(run.surface) ? "unknown" : run.surface;
  return { known_m: Number(text) * per(), surface };
}

const metres = (run) => run.distance_m ?? run.summary.distance_m ?? null;
const measure = (run, name) => run.summary.measures.find((m) => m.name === name)?.value ?? null;

/** Return in words what became of the run's distance and of what is made of it. */
function told(before, after) {
  const same = far(metres(before)) === far(metres(after));
  const lines = [same ? t("known.same", { to: far(metres(after)) }) : t("known.changed", { from: far(metres(before)), to: far(metres(after)) })];
  for (const name of FOLLOWS) {
    const [from, to] = [before, after].map((run) => value(name, measure(run, name)));
    if (from !== to) lines.push(t("known.follows", { what: label(name), from, to, unit: unit(name) }));
  }
  if (after.known_m !== null && lines.length > 1 && after.shoe) lines.push(t("known.later"));
  return lines.join(" ");
}
