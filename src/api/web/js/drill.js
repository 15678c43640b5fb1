// A balance drill: choose, count down, hold, hear and see how the foot leans, file the holds.

import { of, socket } from "./api.js";
import { Tone, awake, speak } from "./cues.js";
import { one as makeDial } from "./dial.js";
import { at, h, put, setText } from "./dom.js";
import { Hold } from "./hold.js";
import { written } from "./numbers.js";
import { begin } from "./page.js";
import { send } from "./queue.js";

const COUNTDOWN_S = 5;
const WORDS = { calm: "calm", moving: "moving", wobbling: "wobbling", silent: "no data: the clock waits" };

const tone = new Tone();
const state = { athlete: null, side: "left", target_s: 30, hold: null, dial: null, foot: null, done: [], ws: null };

function listen(athlete) {
  state.ws?.close();
  const ws = new WebSocket(socket(of(athlete.id, "live")));
  state.ws = ws;
  state.athlete = athlete;
  ws.onmessage = (message) => {
    const snapshot = JSON.parse(message.data);
    at("drill-demo").hidden = !snapshot.demo;
    const feet = snapshot.feet ?? {};
    state.foot = feet[state.side] ?? feet.unknown ?? null;
    const ready = state.foot?.state === "streaming" && state.foot.sway;
    chip(ready ? "pod ready" : state.foot?.state === "streaming" ? "pod sends, but no drill" : "no pod yet", ready ? "on" : "");
    if (state.foot?.sway) state.dial?.update(state.foot.sway);
    step();
    at("pod").dataset.n = snapshot.n;
  };
  ws.onclose = () => {
    if (state.ws !== ws) return;
    state.foot = null;
    chip("no connection to the server", "bad");
    setTimeout(() => state.ws === ws && listen(athlete), 1000);
  };
}

function chip(text, kind) {
  setText(at("pod"), text);
  at("pod").className = `chip ${kind}`;
}

/** Move the hold on by what was last heard. */
function step() {
  const hold = state.hold;
  if (!hold || hold.over) return;
  const level = hold.update(state.foot, performance.now()).level;
  at("stage").dataset.level = level;
  setText(at("word"), WORDS[level]);
  if (at("tone").checked) tone.follow(level);
  if (hold.over) ended();
}

function clock() {
  const hold = state.hold;
  if (!hold) return;
  at("clock").firstChild.textContent = `${written(hold.held_s, 1)} `;
  if (performance.now() - (hold.last ?? 0) > 500) step(); // silence is news too
  if (!hold.over) requestAnimationFrame(clock);
}

async function start() {
  if (at("closed").checked && !at("support").checked) {
    put("lacks", "Eyes closed needs something to hold on to within reach. Tick it once it is.");
    return;
  }
  tone.unlock(); // inside the tap
  state.sleep ??= await awake();
  put("lacks", state.sleep ? "" : "This browser cannot keep the screen awake here; set the screen's time-out longer.");
  at("setup").hidden = true;
  at("stage").hidden = false;
  at("stage").classList.toggle("eyes-closed", at("closed").checked);
  state.dial = makeDial(state.side, { bare: true });
  put("dial", state.dial.node);
  countdown(COUNTDOWN_S);
}

function countdown(n) {
  buttons({ down: false });
  at("stage").dataset.level = "ready";
  state.hold = null;
  at("clock").firstChild.textContent = `${state.target_s} `;
  put("sub", `${state.side} foot, ${state.target_s} s`);
  if (n === 0) {
    if (at("voice").checked) speak("Hold");
    tone.beep(880, 0.3);
    state.hold = new Hold(state.side, state.target_s);
    buttons({ down: true });
    requestAnimationFrame(clock);
    return;
  }
  put("word", String(n));
  tone.beep(550);
  state.timer = setTimeout(() => countdown(n - 1), 1000);
}

function ended() {
  tone.stop();
  const hold = state.hold;
  at("stage").dataset.level = "ready";
  if (at("voice").checked) speak(hold.over === "time" ? "Stop. Well held." : "Stop");
  tone.beep(440, 0.4);
  put("word", hold.over === "time" ? (hold.clean ? "clean" : "held") : "stop");
  const wobbles = `${hold.wobbles} wobble${hold.wobbles === 1 ? "" : "s"}`;
  put("sub", `${written(hold.held_s, 1)} s, ${wobbles}${hold.gaps ? ", with silence of the pod" : ""}`);
  if (hold.held_s >= 0.5) state.done.push(hold);
  buttons({ again: true, done: true });
  list();
}

function list() {
  put("holds", state.done.map((hold) => h("li", {},
    h("span", { class: "name" }, `${hold.side}: ${written(hold.held_s, 1)} s`),
    h("span", { class: `chip ${hold.clean ? "on" : ""}` }, hold.clean ? "clean" : `${hold.wobbles} wobbles`))));
  const clean = state.done.filter((hold) => hold.clean).length;
  setText(at("clean"), state.done.length ? `${clean} clean of ${state.done.length}` : "none yet");
  at("file").hidden = !state.done.length;
}

function buttons({ down = false, again = false, done = false }) {
  at("down").hidden = !down;
  at("again").hidden = !again;
  at("done").hidden = !done;
}

async function file() {
  const held_s = state.done.reduce((sum, hold) => sum + hold.held_s, 0);
  const sets = state.done.map((hold) => ({ exercise: "single_leg_stand", side: hold.side, reps: 1, hold_s: Math.round(hold.held_s * 10) / 10 }));
  const ok = await send(of(state.athlete.id, "strength-sessions"), {
    duration_min: Math.max(1, Math.round(held_s / 60)), pillars: ["stability"], sets, note: "balance drill",
  });
  put("filed", ok ? "✓ Filed." : "Kept on this device; it goes to the server as soon as that answers.");
  state.done = [];
  list();
}

function choose(group, key, use) {
  at(group).addEventListener("click", (e) => {
    const chosen = e.target.closest("button");
    if (!chosen) return;
    for (const b of at(group).children) b.setAttribute("aria-pressed", String(b === chosen));
    use(chosen.dataset[key]);
  });
}

choose("sides", "side", (side) => { state.side = side; });
choose("targets", "s", (s) => { state.target_s = Number(s); });
at("closed").addEventListener("change", (e) => { at("support-row").hidden = !e.target.checked; });
at("go").addEventListener("click", start);
at("again").addEventListener("click", () => countdown(COUNTDOWN_S));
at("down").addEventListener("click", () => { state.hold?.end("foot down"); if (state.hold) ended(); });
at("done").addEventListener("click", () => {
  at("stage").hidden = true;
  at("setup").hidden = false;
  state.sleep?.();
  state.sleep = null;
});
at("file").addEventListener("click", file);
if (!window.isSecureContext) put("lacks", "Over plain http a browser cannot keep the screen awake.");
begin(listen);
