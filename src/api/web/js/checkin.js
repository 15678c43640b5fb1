// The check-in: four taps on a good morning, and what else there is to say on another.

import { get, of } from "./api.js";
import { choose, chooseMany, score } from "./choice.js";
import { at, h, put } from "./dom.js";
import { hurt, pained, pains } from "./hurt.js";
import { day, written } from "./numbers.js";
import { begin } from "./page.js";
import { send } from "./queue.js";
import { SITES, site } from "./sites.js";
import { t, within } from "./words.js";

const scale = (name, values) => values.map((value) => [value, t(`scale.${name}.${value}`)]);
const HOW_MUCH = scale("much", [0, 2, 5, 8]);
const FEEL = scale("feel", [2, 5, 8, 10]);
const COMFORT = scale("comfort", [2, 5, 8, 10]);
const SLEEP = scale("sleep", [1, 2, 3, 4, 5]);
const AGAIN = [[3, "hours"], [12, "half_day"], [24, "day"], [48, "two_days"], [72, "longer"]]
  .map(([hours, name]) => [hours, t(`scale.again.${name}`)]);
const LIFE = ["low", "normal", "high"].map((name) => [name, t(`scale.life.${name}`)]);
const SIDES = ["left", "right", "both"].map((side) => [side, t(`side.${side}`)]);
const SIGNS = ["swelling", "cannot_bear_weight"].map((name) => [name, t(`checkin.${name}`)]);
const ASKED = { stiffness: HOW_MUCH, foot_feel: FEEL, sleep_quality: SLEEP, arch_fatigue: HOW_MUCH,
  arch_comfort: COMFORT, calf_tightness: HOW_MUCH, recovered_h: AGAIN, life_load: LIFE, instability: SIDES };
const FIRST_SCORE = 3;

let athlete = null;
let chosen = {};

function show(row) {
  athlete = row;
  const scores = {}, said = {};
  chosen = {
    scores, said,
    ...Object.fromEntries(Object.entries(ASKED).map(([name, options]) => [name, choose(name, options)])),
    signs: chooseMany("signs", SIGNS),
    sites: chooseMany("sites", SITES, (names) => {
      for (const name of names) scores[name] ??= FIRST_SCORE;
      put("scores", names.map((name) => score(site(name), scores[name], (v) => { scores[name] = v; })));
    }),
    pains: chooseMany("pain_sites", SITES, (names) => {
      for (const name of names) said[name] ??= pained();
      put("pains", names.map((name) => hurt(name, said[name])));
    }),
  };
  put("pains");
  put("scores");
  at("note").value = "";
  before();
}

async function before() {
  const { items } = await get(`${of(athlete.id, "check-ins")}?limit=5`);
  put("before", items.length ? items.map((c) => h("li", {}, h("b", {}, day(c.day)), ": ", told(c))) : h("li", { class: "quiet" }, t("checkin.none")));
}

function told(c) {
  const sore = c.soreness.map((one) => `${within(site(one.site))} ${t("of_10", { n: written(one.score) })}`);
  return [c.stiffness === null ? null : t("checkin.stiff", { n: written(c.stiffness) }),
    sore.length ? t("checkin.sore", { where: sore.join(", ") }) : t("checkin.not_sore"),
    c.foot_feel === null ? null : t("checkin.feet", { n: written(c.foot_feel) }), c.note || null].filter(Boolean).join("; ");
}

at("check").addEventListener("submit", async (e) => {
  e.preventDefault();
  put("problem");
  const body = { soreness: chosen.sites.values.map((name) => ({ site: name, score: chosen.scores[name] })) };
  for (const name of Object.keys(ASKED)) {
    if (chosen[name].value !== null) body[name] = chosen[name].value;
  }
  for (const name of chosen.signs.values) body[name] = true;
  // Who opened nothing has not said that nothing hurts.
  if (at("more").open) Object.assign(body, pains(chosen.pains.values, chosen.said));
  if (at("note").value.trim()) body.note = at("note").value.trim();
  at("save").disabled = true;
  try {
    const there = await send(of(athlete.id, "check-ins"), body);
    put("saved", t(there ? "checkin.saved" : "kept"));
    show(athlete);
  } catch (problem) {
    put("problem", problem.message);
  }
  at("save").disabled = false;
});

begin(show);
