// Who somebody is, as far as numbers and plans need it, and where it hurt for long before.

import { get, replace } from "./api.js";
import { choose, chooseMany } from "./choice.js";
import { at, h, put } from "./dom.js";
import { SITES, site } from "./sites.js";
import { imperial } from "./units.js";
import { locale, t } from "./words.js";

const GOALS = ["general", "short", "long"].map((name) => [name, t(`about.goal.${name}`)]);
const SIDES = ["unknown", "left", "right", "both"];
const KEPT = ["name", "tz", "shoes", "demo"]; // which are not asked here
const M_PER_IN = 0.0254, KG_PER_LB = 0.45359237;
const MONDAY = Date.UTC(2024, 0, 1), DAY_MS = 86_400_000;
const WEEKDAYS = Array.from({ length: 7 }, (_, i) =>
  [i, new Date(MONDAY + i * DAY_MS).toLocaleDateString(locale, { weekday: "short", timeZone: "UTC" })]);

const option = ([value, text]) => h("option", { value }, text);
const number = (id, per) => (at(id).value === "" ? null : Number((Number(at(id).value) * per).toFixed(4)));
const shown = (value, per) => (value === null ? "" : String(Number((value / per).toFixed(1))));

/** Ask an athlete about themselves; `own` is whether they are who is here. */
export async function aboutMe(athlete, own) {
  at("about-part").hidden = !own;
  put("about-says");
  if (own) form(await get(`/api/v1/athletes/${encodeURIComponent(athlete.id)}`));
}

function form(person) {
  const [height, mass] = imperial() ? [M_PER_IN, KG_PER_LB] : [0.01, 1];
  put("height-label", t("about.height", { unit: t(imperial() ? "about.in" : "about.cm") }));
  put("mass-label", t("about.mass", { unit: t(imperial() ? "about.lb" : "about.kg") }));
  at("birth-year").value = person.birth_year ?? "";
  at("height").value = shown(person.height_m, height);
  at("mass").value = shown(person.mass_kg, mass);
  const goal = choose("goal", GOALS, person.goal);
  const days = chooseMany("run-days", WEEKDAYS, undefined, person.run_days);
  put("past-site", SITES.map(option));
  put("past-side", SIDES.map((side) => option([side, t(`side.${side}`)])));
  at("past-year").value = "";
  const write = (past) => save(person, { birth_year: number("birth-year", 1), height_m: number("height", height), mass_kg: number("mass", mass),
    goal: goal.value ?? "general", run_days: days.values.toSorted((a, b) => a - b), past });
  put("past", person.past.length ? person.past.map((one) => h("li", {},
    h("span", { class: "name" }, `${site(one.site)}, ${t(`side.${one.side}`)}: ${one.year}`),
    h("button", { type: "button", onclick: () => write(person.past.filter((other) => other !== one)) }, t("about.remove"))))
    : h("li", { class: "quiet" }, t("about.no_past")));
  at("about").onsubmit = (e) => {
    e.preventDefault();
    const year = number("past-year", 1);
    const added = year === null ? [] : [{ site: at("past-site").value, year, side: at("past-side").value }];
    write([...person.past, ...added]);
  };
}

async function save(person, said) {
  try {
    const kept = Object.fromEntries(KEPT.map((name) => [name, person[name]]));
    form(await replace(`/api/v1/athletes/${encodeURIComponent(person.id)}`, { ...kept, ...said }, person.version));
    put("about-says", t("saved"));
  } catch (problem) {
    put("about-says", problem.message);
  }
}
