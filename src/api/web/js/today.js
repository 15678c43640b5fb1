// The page of today: one athlete, everything from the public API.

import { get, of, post } from "./api.js";
import { at, h, put } from "./dom.js";
import { flags } from "./flags.js";
import { lastRun } from "./lastrun.js";
import { live } from "./live.js";
import { timeline } from "./timeline.js";
import { upload } from "./upload.js";

const CHOSEN = "catfoot.athlete";
let athlete = null;
let stopLive = () => {};

async function start(wanted) {
  const { items } = await get("/api/v1/athletes");
  at("start").hidden = items.length > 0;
  at("pages").hidden = items.length === 0;
  if (!items.length) return;
  const asked = wanted ?? new URLSearchParams(location.search).get("athlete") ?? localStorage.getItem(CHOSEN);
  const one = items.find((row) => row.id === asked) ?? items[0];
  const choice = at("athlete");
  choice.replaceChildren(...items.map((row) =>
    h("option", { value: row.id }, row.demo && !row.name.includes("demo") ? `${row.name} (demo)` : row.name)));
  choice.value = one.id;
  choice.disabled = false;
  show(one);
}

function show(row) {
  athlete = row;
  localStorage.setItem(CHOSEN, row.id);
  for (const id of ["demo", "flags-demo", "timeline-demo"]) at(id).hidden = !row.demo;
  stopLive();
  stopLive = live(row.id);
  refresh();
}

/** Ask again for everything that a new run can change. */
async function refresh() {
  const id = athlete.id;
  try {
    const [today, ten, answers] = await Promise.all(
      [get(of(id, "today")), get(of(id, "timeline")), get(of(id, "flag-answers"))]);
    const run = today.run && await get(of(id, "runs", today.run));
    if (id !== athlete.id) return; // another athlete was chosen meanwhile
    put("sentence", today.sentence);
    put("next", next(today.next));
    flags(id, today, answers.items);
    lastRun(run, today.numbers);
    timeline("timeline", ten.days);
  } catch (problem) {
    put("sentence", problem.message);
  }
}

/** Return what to do next for the feet, and why this. */
function next({ title, minutes, exercises, why }) {
  const list = exercises.map((name) => name.replaceAll("_", " ")).join(", ");
  return [h("b", {}, `Next for your feet: ${title}${minutes ? `, ${minutes} min` : ""}. `), why,
    list ? h("span", { class: "quiet" }, ` ${list[0].toUpperCase()}${list.slice(1)}.`) : ""];
}

at("athlete").addEventListener("change", (e) => start(e.target.value));
at("start-form").addEventListener("submit", async (e) => {
  e.preventDefault();
  const tz = Intl.DateTimeFormat().resolvedOptions().timeZone;
  try {
    const row = await post("/api/v1/athletes", { name: at("start-name").value, tz });
    await start(row.id);
  } catch (problem) {
    put("start-problem", problem.message);
  }
});
upload(() => athlete?.id, refresh);
start().catch((problem) => {
  at("pages").hidden = false;
  put("sentence", problem.message);
});
