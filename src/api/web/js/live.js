// Live numbers of each foot: the newest snapshot, whatever was missed in between.

import { of, socket } from "./api.js";
import { dial } from "./dial.js";
import { at, h, say, setText } from "./dom.js";
import { written } from "./numbers.js";

const SIDES = ["left", "right", "unknown"];
const NAMES = { left: "Left", right: "Right", unknown: "One foot" };
const STATES = {
  searching: "looking for the pod",
  connecting: "connecting",
  streaming: "streaming",
  stalled: "no data for a moment",
  lost: "out of reach, trying again",
  closed: "stopped",
};
const QUIET_AFTER_MS = 3000;
const AGAIN_MS = [500, 1000, 2000, 5000, 5000, 30_000]; // it may also not be shared with us

/** Show an athlete's live numbers until the returned function is called; ended() hears of an end. */
export function live(athlete, ended = () => {}) {
  const cards = new Map();
  let ws, timer, quiet, tries = 0, over = false, was = null;

  function open() {
    ws = new WebSocket(socket(of(athlete, "live")));
    ws.onopen = () => { tries = 0; };
    ws.onmessage = (message) => show(JSON.parse(message.data));
    ws.onclose = () => {
      if (over) return;
      state("no connection to the server", "bad");
      timer = setTimeout(open, AGAIN_MS[Math.min(tries++, AGAIN_MS.length - 1)]);
    };
  }

  function show(snapshot) {
    clearTimeout(quiet);
    quiet = setTimeout(() => state("nothing arriving", ""), QUIET_AFTER_MS);
    const feet = snapshot.feet ?? {};
    const streaming = Object.values(feet).some((foot) => foot.state === "streaming");
    state(streaming ? (snapshot.mode === "drill" ? "balance drill" : "running") : "waiting for a pod",
      streaming ? "on" : "");
    const now = streaming ? snapshot.mode : "nothing";
    if (was !== null && was !== "nothing" && now !== was) ended();
    was = now;
    at("live-hint").hidden = true;
    at("live-demo").hidden = !snapshot.demo;
    at("feet").dataset.n = snapshot.n;
    for (const side of SIDES) {
      if (!feet[side]) continue;
      if (!cards.has(side)) add(side);
      cards.get(side)(feet[side], snapshot.mode);
    }
    dial(at("dial"), snapshot);
  }

  function add(side) {
    const made = card(side);
    cards.set(side, made.update);
    at("feet").append(made.node);
    for (const name of SIDES) { // left stays left, whichever came first
      const node = at("feet").querySelector(`[data-side=${name}]`);
      if (node) at("feet").append(node);
    }
  }

  open();
  return () => {
    over = true;
    clearTimeout(timer);
    clearTimeout(quiet);
    ws.close();
    at("feet").replaceChildren();
    at("dial").hidden = true;
    at("live-hint").hidden = false;
    at("live-demo").hidden = true;
    state("no pod yet", "");
  };
}

function state(text, kind) {
  const chip = at("live-state");
  if (chip.textContent === text) return;
  chip.textContent = text;
  chip.className = `chip ${kind}`;
  say(`Live: ${text}`);
}

const unit = (value, digits, name) =>
  value === null || value === undefined ? "–" : `${written(value, digits)} ${name}`;

/** Return a foot's card, and the function that shows the newest numbers in it. */
function card(side) {
  const part = {};
  const hold = (name, node) => (part[name] = node);
  const pair = (term, name) => [
    h("dt", {}, term),
    h("dd", {}, hold(name, h("span", {}, "–")), " ", hold(`${name}_grade`, h("span", { class: "grade X" }, "X"))),
  ];
  const node = h("section", { class: "foot-card", data: { side }, "aria-label": `${NAMES[side]} foot` },
    h("h3", {}, NAMES[side], hold("state", h("span", { class: "chip" }, "…"))),
    hold("running", h("div", {},
      h("p", {}, hold("cadence", h("span", { class: "big" }, "–")), " ",
        hold("cadence_grade", h("span", { class: "grade X" }, "X")), " ",
        h("span", { class: "unit" }, "steps/min")),
      h("dl", { class: "pairs" }, pair("Contact", "gct"), pair("Shock", "shock")))),
    h("dl", { class: "pairs" }, ["Lost", "Gaps", "Rate", "Battery"].map((term) => [
      h("dt", {}, term), h("dd", {}, hold(term, h("span", {}, "–")))])));

  function grade(name, letter) {
    const mark = part[`${name}_grade`];
    if (mark.textContent === letter) return;
    mark.className = `grade ${letter}`;
    mark.textContent = letter;
    mark.title = `grade ${letter}`;
  }

  function update(foot, mode) {
    setText(part.state, STATES[foot.state] ?? foot.state);
    part.state.className = `chip ${foot.state === "streaming" ? "on" : foot.state === "lost" || foot.state === "stalled" ? "bad" : ""}`;
    part.running.hidden = mode === "drill"; // on one leg there are no steps to count
    setText(part.cadence, written(foot.cadence_spm));
    setText(part.gct, unit(foot.gct_ms, 0, "ms"));
    setText(part.shock, unit(foot.shock_g, 1, "g"));
    for (const name of ["cadence", "gct", "shock"]) grade(name, foot[`${name}_grade`] ?? "X");
    setText(part.Lost, unit((foot.lost_frac ?? 0) * 100, 1, "%"));
    setText(part.Gaps, written(foot.gaps ?? 0));
    setText(part.Rate, unit(foot.rate_hz, 0, "Hz"));
    setText(part.Battery, unit(foot.battery_pct, 0, "%"));
  }

  return { node, update };
}
