// A drill: choose, count down, hold or land, hear and see how the foot leans, file the result.

import { get, of } from "./api.js";
import { Contacts } from "./contacts.js";
import { Tone, awake, speak } from "./cues.js";
import { one as makeDial } from "./dial.js";
import { at, h, put, setText } from "./dom.js";
import { drillsFor, lockOf, needsSupport, supported } from "./drills.js";
import { Hold } from "./hold.js";
import { written } from "./numbers.js";
import { listen } from "./listen.js";
import { lacks } from "./offline.js";
import { begin, maySee, mayWrite } from "./page.js";
import { send } from "./queue.js";
import { exerciseName } from "./server.js";
import { Stamps } from "./stamp.js";
import { t } from "./words.js";

const COUNTDOWN_S = 5;
const TARGETS_S = [15, 30, 45, 60];
const LANDS = ["drop", "hops"]; // recordings of a drill that count landings themselves
const SHORTEST_S = 0.5; // below this nobody stood

const tone = new Tone();
const stamps = new Stamps();
const state = { athlete: null, side: "left", target_s: 30, kind: null, kinds: [], flags: null, chosen: false, hold: null, dial: null, foot: null, done: [] };

async function show(athlete) {
  Object.assign(state, { athlete, flags: null, chosen: false }); // another's flags lock nobody
  if (maySee(athlete, "metrics")) listen(athlete.id, hear, () => { state.foot = null; chip("no_server", "bad"); });
  state.kinds = drillsFor(null);
  kinds();
  try {
    const today = await get(of(athlete.id, "today"));
    state.flags = today.flags;
    state.kinds = drillsFor(today.next);
    kinds();
  } catch (problem) {
    put("problem", problem.message);
  }
}

function kinds() {
  put("kind", state.kinds.map((kind) => h("option", { value: kind.id },
    kind.today ? t("drill.of_today", { name: exerciseName(kind.id) }) : exerciseName(kind.id))));
  // What somebody chose before today's session was known stays chosen.
  const { kind, target_s, chosen } = state, closed = at("closed").checked;
  use(chosen ? kind.id : state.kinds[0].id);
  if (!chosen) return;
  state.target_s = target_s;
  at("closed").checked = closed;
  choices();
  support();
}

/** Choose a drill: what it needs, what locks it, how long it takes. */
function use(id) {
  const kind = state.kinds.find((one) => one.id === id);
  state.kind = kind;
  at("kind").value = id;
  at("closed").checked = Boolean(kind.closed);
  at("closed-row").hidden = !kind.closes && !kind.closed;
  at("closed").disabled = Boolean(kind.closed);
  at("targets").hidden = Boolean(kind.contacts);
  if (kind.target_s) state.target_s = kind.target_s;
  choices();
  // Landings wait until it is known that no flag speaks against them.
  const unknown = Boolean(kind.locked) && state.flags === null;
  const lock = lockOf(kind, state.flags ?? []);
  at("go").disabled = Boolean(lock) || unknown;
  put("kind-says", unknown ? t("drill.flags_unknown") : lock ? t("drill.locked", { flag: lock.title }) : kind.contacts ? t("drill.contacts", { n: kind.contacts }) : t("drill.hold"));
  support();
}

const support = () => { at("support-row").hidden = !needsSupport(state.kind, at("closed").checked); };

function choices() {
  group("sides", ["left", "right"].map((side) => [side, t(`foot.${side}`)]), state.side, (side) => { state.side = side; });
  const targets = [...new Set([...TARGETS_S, state.target_s])].sort((a, b) => a - b);
  group("targets", targets.map((s) => [s, t("unit.n_s", { n: s })]), state.target_s, (s) => { state.target_s = s; });
}

function group(id, options, chosen, pick) {
  put(id, options.map(([value, text]) => h("button", { type: "button", "aria-pressed": String(value === chosen),
    onclick: () => { state.chosen = true; pick(value); choices(); } }, text)));
}

function hear(snapshot) {
  at("drill-demo").hidden = !snapshot.demo;
  const feet = snapshot.feet ?? {};
  const stamped = state.hold ? null : stamps.update(feet, performance.now());
  if (["left", "right"].includes(stamped) && stamped !== state.side) {
    state.side = stamped;
    choices();
    put("stamp", t("drill.stamped", { foot: t(`foot.${stamped}`) }));
  }
  state.foot = feet[state.side] ?? feet.unknown ?? null;
  const streaming = state.foot?.state === "streaming";
  const ready = streaming && (state.kind?.contacts ? snapshot.mode === "run" || LANDS.includes(state.foot.drill?.name) : state.foot.sway);
  chip(ready ? "ready" : streaming ? "no_drill" : "no_pod", ready ? "on" : "");
  if (state.foot?.sway) state.dial?.update(state.foot.sway);
  step();
  at("pod").dataset.n = snapshot.n;
}

function chip(name, kind) {
  setText(at("pod"), t(`live.${name}`));
  at("pod").className = `chip ${kind}`;
}

/** Move the hold on by what was last heard. */
function step() {
  const hold = state.hold;
  if (!hold || hold.over) return;
  const { level } = hold.update(state.foot, performance.now());
  at("stage").dataset.level = level;
  setText(at("word"), state.kind.contacts && level === "ready" ? t("drill.landed", { n: hold.count, of: hold.planned }) : t(`dial.${level}`));
  if (at("tone").checked) tone.follow(level);
  if (hold.over) ended();
}

function clock() {
  const hold = state.hold;
  if (!hold) return;
  if (state.kind.contacts) setText(at("clock").firstChild, `${hold.count} `);
  else setText(at("clock").firstChild, `${written(hold.held_s, 1)} `);
  if (performance.now() - (hold.last ?? 0) > 500) step(); // silence is news too
  if (!hold.over) requestAnimationFrame(clock);
}

async function start() {
  if (needsSupport(state.kind, at("closed").checked) && !at("support").checked) {
    put("lacks", t("drill.needs_support"));
    return;
  }
  tone.unlock(); // inside the tap
  state.sleep ??= await awake();
  put("lacks", state.sleep ? "" : t("lacks.awake"));
  at("setup").hidden = true;
  at("stage").hidden = false;
  at("stage").classList.toggle("eyes-closed", at("closed").checked);
  state.dial = makeDial(state.side, { bare: true });
  put("dial", state.kind.contacts ? "" : state.dial.node);
  countdown(COUNTDOWN_S);
}

function countdown(n) {
  buttons("done"); // whoever is not ready yet may leave
  at("stage").dataset.level = "ready";
  state.hold = null;
  const { contacts } = state.kind;
  put("clock", `${contacts ?? state.target_s} `, h("span", { class: "unit" }, contacts ? "" : "s"));
  put("sub", [t(`foot.${state.side}`), contacts ? t("drill.contacts", { n: contacts }) : t("unit.n_s", { n: state.target_s })].join(", "));
  if (n === 0) {
    if (at("voice").checked) speak(t(contacts ? "drill.say_go" : "drill.say_hold"));
    tone.beep(880, 0.3);
    state.hold = contacts ? new Contacts(state.side, contacts) : new Hold(state.side, state.target_s);
    buttons("down");
    requestAnimationFrame(clock);
    return;
  }
  put("word", String(n));
  tone.beep(550);
  state.timer = setTimeout(() => countdown(n - 1), 1000);
}

function ended() {
  tone.stop();
  const { hold } = state;
  at("stage").dataset.level = "ready";
  const whole = hold.over === "time" || hold.over === "count";
  // After a foot came down nothing is said but "stop": whoever wavers needs their ears.
  if (at("voice").checked) speak(t(whole ? "drill.say_well" : "drill.say_stop"));
  tone.beep(440, 0.4);
  put("word", t(whole ? (hold.clean ? "drill.clean" : "drill.held") : "drill.stop"));
  put("sub", whole ? told(hold) : "");
  if (hold instanceof Contacts ? hold.count > 0 : hold.held_s >= SHORTEST_S) state.done.push({ hold, kind: state.kind });
  buttons("again", "done", ...(supported(state.kind, state.kinds) ? ["unsteady"] : []));
  list();
}

function told(hold) {
  if (hold instanceof Contacts) {
    return [t("drill.contacts", { n: hold.count }), hold.softness === null ? null : t("drill.softness", { n: written(hold.softness) }),
      hold.shock_g === null ? t("drill.no_shock") : t("drill.shock", { n: written(hold.shock_g, 1) }),
      hold.strike_deg === null ? t("drill.no_strike") : t("drill.strike", { n: written(hold.strike_deg, 0) })].filter(Boolean).join(", ");
  }
  return [t("unit.n_s", { n: written(hold.held_s, 1) }), t(hold.directed ? "drill.wobbles" : "drill.wobbles_only", { n: hold.wobbles, inward: hold.inward, outward: hold.outward }),
    hold.gaps ? t("drill.gaps", { n: hold.gaps }) : null].filter(Boolean).join(", ");
}

function list() {
  put("holds", state.done.map(({ hold, kind }) => h("li", {},
    h("span", { class: "name" }, `${exerciseName(kind.id)}, ${t(`side.${hold.side}`)}`),
    h("span", { class: `chip ${hold.clean ? "on" : ""}` }, t(hold.clean ? "drill.clean" : "drill.held")),
    h("span", { class: "what" }, told(hold)))));
  const clean = state.done.filter(({ hold }) => hold.clean).length;
  setText(at("clean"), state.done.length ? t("drill.clean_of", { n: clean, of: state.done.length }) : t("drill.none"));
  at("file").hidden = !state.done.length || !mayWrite(state.athlete);
}

function buttons(...shown) {
  for (const name of ["down", "again", "unsteady", "done"]) at(name).hidden = !shown.includes(name);
}

const setOf = ({ hold, kind }) => ({ exercise: kind.id, side: hold.side,
  ...(hold instanceof Contacts ? { contacts: hold.count } : { reps: 1, hold_s: Math.round(hold.held_s * 10) / 10 }) });

async function file() {
  const seconds = state.done.reduce((sum, { hold }) => sum + (hold.held_s ?? hold.count), 0);
  const pillars = [...new Set(state.done.map(({ kind }) => (kind.contacts ? "plyometric" : "stability")))];
  at("file").disabled = true;
  try {
    const there = await send(of(state.athlete.id, "strength-sessions"), {
      duration_min: Math.max(1, Math.round(seconds / 60)), pillars, sets: state.done.map(setOf), note: t("drill.note"),
    });
    put("filed", t(there ? "drill.filed" : "kept"));
    state.done = [];
    list();
  } catch (problem) {
    put("problem", problem.message);
  }
  at("file").disabled = false;
}

function leave() {
  clearTimeout(state.timer);
  tone.stop();
  at("stage").hidden = true;
  at("setup").hidden = false;
  state.sleep?.();
  state.sleep = state.hold = null;
}

at("kind").addEventListener("change", (e) => { state.chosen = true; use(e.target.value); });
at("closed").addEventListener("change", () => { state.chosen = true; support(); });
at("go").addEventListener("click", start);
at("again").addEventListener("click", () => countdown(COUNTDOWN_S));
at("down").addEventListener("click", () => { state.hold?.end("foot down"); if (state.hold) ended(); });
at("unsteady").addEventListener("click", () => { leave(); use(supported(state.kind, state.kinds).id); put("lacks", t("drill.supported")); });
at("done").addEventListener("click", leave);
at("file").addEventListener("click", file);
if (lacks().length) put("lacks", t("lacks.awake"));
put("stamp", t("drill.stamp"));
begin(show);
