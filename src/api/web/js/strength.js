// Today's foot session, set by set: what to do, the beat, the rest, one tap for how it was.

import { get, of } from "./api.js";
import { Tone, awake, speak } from "./cues.js";
import { at, h, put, setText } from "./dom.js";
import { day, written } from "./numbers.js";
import { begin } from "./page.js";
import { send } from "./queue.js";
import { beat, performed, seconds, setsOf } from "./session.js";

const REST_S = 30;
const LEAD_S = 3;
const SIDES = { left: "left foot", right: "right foot", both: "both feet" };
const EASE = [[5, "easy"], [3, "just right"], [1, "too hard"]];

const tone = new Tone();
let athlete, catalogue, next, queue, done, begun, clock, sleep;

async function show(row) {
  athlete = row;
  try {
    const [today, all, before] = await Promise.all([get(of(row.id, "today")),
      catalogue ? null : get("/api/v1/exercises"), get(`${of(row.id, "strength-sessions")}?limit=8`)]);
    catalogue ??= Object.fromEntries(all.items.map((one) => [one.id, one]));
    next = today.next;
    plan();
    put("before", before.items.length ? before.items.map(told) : h("li", { class: "quiet" }, "No foot session yet."));
  } catch (problem) {
    put("session-title", problem.message);
  }
}

function plan() {
  // The dose is today's, decided from what was done before; the rest is the catalogue's.
  const exercises = next.items.map((item) => ({ ...catalogue[item.exercise], dose: item.decision.dose, said: item.dose, why: item.decision.why }))
    .filter((one) => one.id);
  put("session-title", next.minutes ? `${next.title}, about ${next.minutes} min` : next.title);
  put("session-why", next.why);
  put("exercises", exercises.map((one) => h("li", {}, h("b", {}, one.name), ` · ${one.said}${one.per_side ? " each side" : ""}`,
    h("br"), h("span", { class: "quiet" }, one.cues[0], one.why ? ` ${one.why}` : ""))));
  at("go").disabled = !exercises.length;
  queue = setsOf(exercises);
}

function told(session) {
  const names = [...new Set(session.sets.map((set) => catalogue[set.exercise]?.name ?? set.exercise))];
  return h("li", {}, h("b", {}, day(session.day)), `: ${written(session.duration_min)} min`,
    names.length ? `, ${names.join(", ").toLowerCase()} ` : " ", session.demo ? h("span", { class: "chip demo" }, "demo") : null);
}

async function start() {
  tone.unlock(); // inside the tap
  sleep = await awake();
  done = [];
  begun = new Date();
  at("plan").hidden = true;
  at("player").hidden = false;
  ready();
}

const say = (text) => at("voice").checked && speak(text);

/** Show the set that comes next; nothing runs until it is begun. */
function ready() {
  stop();
  if (!queue.length) return finish();
  const { exercise, side, number, of: sets } = queue[0];
  const first = number === 1 && side !== "right";
  put("exercise", exercise.name);
  put("progress", `Set ${number} of ${sets}, ${SIDES[side]} · ${queue.length} to go`);
  put("how", exercise.said.replace(/^\d+ x /, ""), ". ", exercise.cues.join(" "));
  put("clock", seconds(queue[0]) === null ? "" : String(Math.round(seconds(queue[0]))), h("span", { class: "unit" }, seconds(queue[0]) === null ? "" : " s"));
  buttons([["Begin this set", work, "main huge"], ["Leave this exercise out", skip], ["Stop here and keep what was done", finish]]);
  say(first ? `${exercise.name}. ${exercise.cues[0]}` : side === "right" ? "Other side." : "Next set.");
}

function work() {
  const length = seconds(queue[0]);
  const every = beat(queue[0]);
  buttons([["Done", () => asked(), "main huge"], ["It hurts: stop this exercise", hurts]]);
  count(LEAD_S, (left) => { if (left > 0) tone.beep(550); }, () => {
    tone.beep(880, 0.3);
    const from = performance.now();
    let beats = 0;
    clock = setInterval(() => {
      const s = (performance.now() - from) / 1000;
      const left = length === null ? s : length - s;
      number(Math.max(0, left));
      if (every && s >= (beats + 1) * every && (length === null || s < length)) { beats += 1; tone.beep(440, 0.06); }
      if (length !== null && left <= 0) { tone.beep(660, 0.4); asked(); }
    }, 100);
  });
}

/** One tap: how it was; then rest. */
function asked() {
  stop();
  put("progress", "How was that?");
  buttons(EASE.map(([ease, text], i) => [text, () => {
    done.push(performed(queue.shift(), { ease }));
    list();
    rest();
  }, i === 1 ? "main huge" : ""]).concat([["It hurts: stop this exercise", hurts]]));
}

function rest() {
  if (!queue.length) return finish();
  put("exercise", "Rest");
  put("how", `Next: ${queue[0].exercise.name}, ${SIDES[queue[0].side]}.`);
  buttons([["Go on", ready, "main huge"], ["Stop here and keep what was done", finish]]);
  count(REST_S, () => {}, ready);
}

/** Sharp pain ends the exercise at once; what was done of it is kept with the remark. */
function hurts() {
  stop();
  done.push(performed(queue[0], { sharp: true, pain: 5 }));
  say("Stop. That exercise is over for today.");
  list();
  drop();
}

const skip = () => drop();

function drop() {
  const { id } = queue[0].exercise;
  queue = queue.filter((set) => set.exercise.id !== id);
  ready();
}

async function finish() {
  stop();
  sleep?.();
  at("player").hidden = true;
  at("plan").hidden = false;
  if (!done.length) return plan();
  const minutes = Math.max(1, Math.round((Date.now() - begun) / 60_000));
  const pillars = [...new Set(done.map((set) => catalogue[set.exercise].pillar))];
  try {
    const there = await send(of(athlete.id, "strength-sessions"),
      { started_at: begun.toISOString(), duration_min: minutes, kind: next.kind, pillars, sets: done });
    put("filed", there ? `✓ Filed: ${done.length} sets.` : "Kept on this device; it goes to the server as soon as that answers.");
  } catch (problem) {
    put("problem", problem.message);
  }
  say("Done.");
  done = [];
  list();
  show(athlete);
}

function list() {
  put("sets", done.map((set) => h("li", {}, h("span", { class: "name" }, catalogue[set.exercise].name),
    h("span", { class: "chip" }, set.sharp ? "it hurt" : SIDES[set.side]))).reverse());
}

function buttons(all) {
  put("taps", all.map(([text, action, kind = ""]) => h("button", { type: "button", class: kind, onclick: action }, text)));
}

function number(s) {
  setText(at("clock").firstChild ?? at("clock"), written(s, s < 10 ? 1 : 0));
}

function count(s, tick, then) {
  const ends = performance.now() + s * 1000;
  let last = null;
  put("clock", String(s), h("span", { class: "unit" }, " s"));
  clock = setInterval(() => {
    const left = Math.ceil((ends - performance.now()) / 1000);
    if (left !== last) { tick(left); last = left; }
    number(Math.max(0, left));
    if (left <= 0) { stop(); put("clock", "0", h("span", { class: "unit" }, " s")); then(); }
  }, 100);
}

function stop() {
  clearInterval(clock);
}

at("go").addEventListener("click", start);
begin(show);
