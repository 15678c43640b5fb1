// The check-in: four taps on a good morning.

import { get, of } from "./api.js";
import { choose, chooseMany, score } from "./choice.js";
import { at, h, put } from "./dom.js";
import { day, written } from "./numbers.js";
import { begin } from "./page.js";
import { send } from "./queue.js";
import { SITES, site } from "./sites.js";

const HOW_MUCH = [[0, "none"], [2, "a little"], [5, "some"], [8, "a lot"]];
const FEEL = [[2, "tired"], [5, "so-so"], [8, "good"], [10, "fresh"]];
const SLEEP = [[1, "poor"], [2, "restless"], [3, "fair"], [4, "good"], [5, "deep"]];
const FIRST_SCORE = 3;

let athlete = null;
let chosen = {};

function show(row) {
  athlete = row;
  const scores = {};
  chosen = {
    scores,
    stiffness: choose("stiffness", HOW_MUCH),
    foot_feel: choose("foot_feel", FEEL),
    sleep_quality: choose("sleep_quality", SLEEP),
    sites: chooseMany("sites", SITES, (names) => {
      for (const name of names) scores[name] ??= FIRST_SCORE;
      put("scores", names.map((name) => score(site(name), scores[name], (v) => { scores[name] = v; })));
    }),
  };
  put("scores");
  at("note").value = "";
  before();
}

async function before() {
  const { items } = await get(`${of(athlete.id, "check-ins")}?limit=5`);
  put("before", items.length ? items.map((c) => h("li", {}, h("b", {}, day(c.day)), ": ", told(c))) : h("li", { class: "quiet" }, "No check-in yet."));
}

function told(c) {
  const sore = c.soreness.map((one) => `${site(one.site).toLowerCase()} ${written(one.score)} of 10`);
  return [c.stiffness === null ? null : `stiffness ${written(c.stiffness)} of 10`,
    sore.length ? `sore: ${sore.join(", ")}` : "nothing sore",
    c.foot_feel === null ? null : `feet ${written(c.foot_feel)} of 10`, c.note || null].filter(Boolean).join("; ");
}

at("check").addEventListener("submit", async (e) => {
  e.preventDefault();
  put("problem");
  const body = { soreness: chosen.sites.values.map((name) => ({ site: name, score: chosen.scores[name] })) };
  for (const name of ["stiffness", "foot_feel", "sleep_quality"]) {
    if (chosen[name].value !== null) body[name] = chosen[name].value;
  }
  if (at("note").value.trim()) body.note = at("note").value.trim();
  at("save").disabled = true;
  try {
    const there = await send(of(athlete.id, "check-ins"), body);
    put("saved", there ? "✓ Saved. Have a good day." : "Kept on this device; it goes to the server as soon as that answers.");
    show(athlete);
  } catch (problem) {
    put("problem", problem.message);
  }
  at("save").disabled = false;
});

begin(show);
