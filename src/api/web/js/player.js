// A foot session as it is done: the set, the beat, the breath, the rest, one tap for how it was.

import { Tone, awake, speak } from "./cues.js";
import { at, h, put, setText } from "./dom.js";
import { written } from "./numbers.js";
import { exercise as named, exerciseName, plainly } from "./server.js";
import { beat, performed, seconds, setsOf } from "./session.js";
import { t } from "./words.js";

const REST_S = 30;
const LEAD_S = 3;
const BREATH_S = 8; // a long breath in and out
const ASKED_MS = 8000; // hands-free: who does not answer, has not answered
const EASE = [[5, "easy"], [3, "right"], [1, "hard"]];

const tone = new Tone();
const say = (text) => at("voice").checked && speak(text);
const free = () => at("hands-free").checked;

/** Play exercises; done(sets, begun) hears once of what was done, finished or not. */
export function play(exercises, done, sensed = () => null) {
  let queue = setsOf(exercises), kept = [], clock, waits, sleep, marks = {};
  const begun = new Date();

  async function open() {
    tone.unlock(); // inside the tap
    at("plan").hidden = true;
    at("player").hidden = false;
    sleep = await awake();
    ready();
  }

  function stop() {
    clearInterval(clock);
    clearTimeout(waits);
    at("marks").hidden = true;
    at("sensor").hidden = true;
  }

  /** Show the set that comes next; nothing runs until it is begun, or by itself hands-free. */
  function ready({ quiet = false } = {}) {
    stop();
    if (!queue.length) return finish();
    const { exercise, side, number, of } = queue[0];
    const first = number === 1 && side !== "right";
    put("exercise", named(exercise.id, exercise.name));
    put("progress", t("player.progress", { n: number, of, side: t(`side.${side}`), left: queue.length }));
    put("how", `${plainly(exercise.said.replace(/^\d+ x /, ""))}. ${exercise.cues.map(plainly).join(" ")}`);
    const length = seconds(queue[0]);
    put("clock", length === null ? "" : String(Math.round(length)), h("span", { class: "unit" }, length === null ? "" : " s"));
    buttons([["player.begin_set", work, "main huge"], ["player.skip", () => drop()], ["player.quit", finish]]);
    if (quiet) return; // after pain nothing is said over the stop, and nothing begins by itself
    say(first ? `${exerciseName(exercise.id, exercise.name)}. ${plainly(exercise.cues[0])}` : t(side === "right" ? "player.other_side" : "player.next_set"));
    if (free()) waits = setTimeout(work, LEAD_S * 1000);
  }

  function work() {
    stop();
    const length = seconds(queue[0]);
    const every = beat(queue[0]);
    buttons([["player.done", () => asked(), "main huge"], ["player.hurts", hurts]]);
    count(LEAD_S, (left) => { if (left > 0) tone.beep(550); }, () => {
      tone.beep(880, 0.3);
      const from = performance.now();
      let beats = 0, breaths = 0;
      clock = setInterval(() => {
        const s = (performance.now() - from) / 1000;
        const left = length === null ? s : length - s;
        number(Math.max(0, left));
        sensor();
        if (every && s >= (beats + 1) * every && (length === null || s < length)) { beats += 1; tone.beep(440, 0.06); }
        else if (!every && s >= (breaths + 1) * BREATH_S && left > 2) { breaths += 1; say(t("player.breathe")); }
        if (length !== null && left <= 0) { tone.beep(660, 0.4); asked(); }
      }, 100);
    });
  }

  /** Where a pod is being read, it says how still the foot is; without one nothing is missing. */
  function sensor() {
    const text = sensed();
    at("sensor").hidden = !text;
    if (text) setText(at("sensor"), text);
  }

  /** One tap: how it was; form and pain beside it where there is something to say. */
  function asked() {
    stop();
    marks = {};
    put("progress", t("player.how_was_it"));
    at("marks").hidden = false;
    put("marks", [["form", 2], ["pain", 2]].map(([name, value]) => h("button", { type: "button", "aria-pressed": "false", onclick: (e) => {
      marks[name] = marks[name] === undefined ? value : undefined;
      e.currentTarget.setAttribute("aria-pressed", String(marks[name] !== undefined));
    } }, t(`player.mark.${name}`))));
    const said = (more) => () => {
      stop();
      const { form, pain } = marks;
      kept.push(performed(queue.shift(), { ...more, ...(form ? { form } : {}), ...(pain ? { pain } : {}) }));
      list();
      rest();
    };
    buttons([...EASE.map(([ease, name], i) => [`player.${name}`, said({ ease }), i === 1 ? "main huge" : ""]), ["player.hurts", hurts]]);
    if (free()) waits = setTimeout(said({}), ASKED_MS);
  }

  function rest() {
    if (!queue.length) return finish();
    const next = queue[0];
    put("exercise", t("player.rest"));
    put("how", t("player.then", { name: exerciseName(next.exercise.id, next.exercise.name), side: t(`side.${next.side}`) }));
    buttons([["player.go_on", () => ready(), "main huge"], ["player.quit", finish]]);
    count(REST_S, () => {}, () => ready());
  }

  /** Sharp pain ends the exercise at once; what was done of it is kept with the remark. */
  function hurts() {
    stop();
    kept.push(performed(queue[0], { sharp: true, pain: 5 }));
    say(t("player.say_stop"));
    list();
    drop({ quiet: true });
  }

  function drop(how = {}) {
    const { id } = queue[0].exercise;
    queue = queue.filter((set) => set.exercise.id !== id);
    ready(how);
  }

  function finish() {
    stop();
    sleep?.();
    at("player").hidden = true;
    at("plan").hidden = false;
    if (kept.length) say(t("player.say_done"));
    done(kept, begun);
    kept = [];
    list();
  }

  function list() {
    put("sets", kept.map((set) => h("li", {}, h("span", { class: "name" }, named(set.exercise)),
      h("span", { class: "chip" }, set.sharp ? t("player.it_hurt") : t(`side.${set.side}`)))).reverse());
  }

  function buttons(all) {
    put("taps", all.map(([name, action, kind = ""]) => h("button", { type: "button", class: kind, onclick: action }, t(name))));
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
      if (left <= 0) { clearInterval(clock); put("clock", "0", h("span", { class: "unit" }, " s")); then(); }
    }, 100);
  }

  open();
}
