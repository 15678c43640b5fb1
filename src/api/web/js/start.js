// The first minutes: who somebody is, what they own, their export, their first tests.

import { post } from "./api.js";
import { at, h, put } from "./dom.js";
import { mark } from "./lastrun.js";
import { begin } from "./page.js";
import { upload } from "./upload.js";
import { known, t } from "./words.js";

const GETS = ["cadence", "gct", "softness", "sides", "drill"];
// What each thing gives, as the README's table says: a grade, a word, or nothing.
const OWNED = {
  watch: ["B", "B", null, "share", null],
  stryd: ["B", "B", null, null, null],
  rsc: ["B", null, null, null, null],
  one_pod: ["A", "B", "usual", null, "yes"],
  two_pods: ["A", "B", "usual", "yes", "yes"],
};

let athlete = null;

function steps(row) {
  athlete = row;
  at("start-form").hidden = true;
  put("start-title", t("start.hello", { name: row.name }));
  put("start-text", t("start.hello_text"));
  at("start-demo").hidden = true;
  at("steps").hidden = false;
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

function gets(name, button) {
  for (const one of at("own").children) one.setAttribute("aria-pressed", String(one === button));
  put("gets", OWNED[name].map((given, i) => [h("dt", {}, t(`start.gets.${GETS[i]}`)),
    h("dd", {}, given?.length === 1 ? mark(given) : t(given ? `start.gives.${given}` : "start.gives.no"))]));
  at("gets").hidden = false;
  put("own-next", t(`start.own.${name}.next`), " ",
    name.endsWith("_pod") || name.endsWith("pods") || name === "rsc"
      ? h("a", { href: `/devices?${new URLSearchParams({ athlete: athlete.id })}` }, t("start.pair")) : "");
}

put("own", Object.keys(OWNED).map((name) =>
  h("button", { type: "button", "aria-pressed": "false", onclick: (e) => gets(name, e.currentTarget) }, known(`start.own.${name}`, name))));
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
