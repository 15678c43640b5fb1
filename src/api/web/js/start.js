// The first minutes: who somebody is, what they own, their export, their first tests.

import { post } from "./api.js";
import { at, h, put } from "./dom.js";
import { ownership } from "./owned.js";
import { begin } from "./page.js";
import { upload } from "./upload.js";
import { t } from "./words.js";

let athlete = null;

function steps(row) {
  athlete = row;
  at("start-form").hidden = true;
  put("start-title", t("start.hello", { name: row.name }));
  put("start-text", t("start.hello_text"));
  at("start-demo").hidden = true;
  at("steps").hidden = false;
  ownership(next).catch((problem) => put("start-problem", problem.message));
}

/** Nobody to show: begin, or wait until somebody shares something. */
function empty(me) {
  if (me.accounts && me.role !== "owner") {
    put("start-title", t("start.unshared"));
    put("start-text", t("start.unshared_text"));
    at("start-form").hidden = true;
  }
}

/** Somebody is here: their own steps, or a way out of the demo. */
function show(row, me) {
  if (me.accounts && me.role !== "owner" && row.id !== me.athlete) location.replace("/"); // a coach has nothing to begin
  else if (!row.demo) steps(row);
  else {
    at("steps").hidden = true;
    at("start-form").hidden = me.accounts && me.role !== "owner";
    at("start-demo").hidden = false;
  }
}

/** What to do with what is owned: read it live, or drop its files below. */
function next(chosen) {
  put("own-next", chosen.length ? [t("owned.next"), " ", h("a", { href: `/devices?${new URLSearchParams({ athlete: athlete.id })}` }, t("start.pair"))] : "");
}

at("start-form").addEventListener("submit", async (e) => {
  e.preventDefault();
  const tz = Intl.DateTimeFormat().resolvedOptions().timeZone;
  try {
    const row = await post("/api/v1/athletes", { name: at("start-name").value, tz });
    await begin(steps, empty, row.id);
  } catch (problem) {
    put("start-problem", problem.message);
  }
});
upload(() => athlete?.id, () => {});
begin(show, empty).catch((problem) => put("start-problem", problem.message));
