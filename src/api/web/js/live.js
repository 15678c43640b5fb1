// Live numbers of each foot: the newest snapshot, whatever was missed in between.

import { dial } from "./dial.js";
import { at, h, say, setText } from "./dom.js";
import { listen } from "./listen.js";
import { written } from "./numbers.js";
import { hear } from "./voicebox.js";
import { footName, known, t } from "./words.js";

const SIDES = ["left", "right", "unknown"]; // in this order; "left 2" is a second pod of a foot
const QUIET_AFTER_MS = 3000;

/** Show an athlete's live numbers until the returned function is called; ended() hears of an end. */
export function live(athlete, ended = () => {}) {
  const cards = new Map();
  let quiet, was = null;

  function show(snapshot) {
    clearTimeout(quiet);
    quiet = setTimeout(() => state("nothing", ""), QUIET_AFTER_MS);
    const feet = snapshot.feet ?? {};
    const streaming = Object.values(feet).some((foot) => foot.state === "streaming");
    state(streaming ? (snapshot.mode === "drill" ? "drill" : "running") : "waiting",
      streaming ? "on" : "");
    const now = streaming ? snapshot.mode : "nothing";
    if (was !== null && was !== "nothing" && now !== was) ended();
    was = now;
    at("live-hint").hidden = true;
    at("live-demo").hidden = !snapshot.demo;
    at("feet").dataset.n = snapshot.n;
    for (const [key, foot] of Object.entries(feet)) {
      if (!cards.has(key)) add(key);
      cards.get(key)(foot, snapshot.mode);
    }
    dial(at("dial"), snapshot);
    hear(snapshot);
  }

  function add(key) {
    const made = card(key);
    cards.set(key, made.update);
    const all = [...at("feet").children, made.node];
    all.sort((a, b) => place(a.dataset.side) - place(b.dataset.side)); // left stays left, whichever came first
    at("feet").append(...all);
  }

  const hangUp = listen(athlete, show, () => state("no_server", "bad"));
  return () => {
    hangUp();
    clearTimeout(quiet);
    at("feet").replaceChildren();
    at("dial").hidden = true;
    at("live-hint").hidden = false;
    at("live-demo").hidden = true;
    state("no_pod", "");
  };
}

const place = (key) => {
  const [side, nth] = key.split(" ");
  return SIDES.indexOf(side) * 100 + Number(nth ?? 1);
};

function state(name, kind) {
  const chip = at("live-state");
  const text = t(`live.${name}`);
  if (chip.textContent === text) return;
  chip.textContent = text;
  chip.className = `chip ${kind}`;
  say(t("live.say", { state: text }));
}

const unit = (value, digits, name) =>
  value === null || value === undefined ? "–" : `${written(value, digits)} ${name}`;

/** Return a foot's card, and the function that shows the newest numbers in it. */
function card(side) {
  const part = {};
  const hold = (name, node) => (part[name] = node);
  const pair = (name) => [
    h("dt", {}, t(`live.${name}`)),
    h("dd", {}, hold(name, h("span", {}, "–")), " ", hold(`${name}_grade`, h("span", { class: "grade X" }, "X"))),
  ];
  const node = h("section", { class: "foot-card", data: { side }, "aria-label": footName(side) },
    h("h3", {}, footName(side), hold("state", h("span", { class: "chip" }, "…"))),
    hold("running", h("div", {},
      h("p", {}, hold("cadence", h("span", { class: "big" }, "–")), " ",
        hold("cadence_grade", h("span", { class: "grade X" }, "X")), " ",
        h("span", { class: "unit" }, t("unit.of.cadence"))),
      h("dl", { class: "pairs" }, pair("gct"), pair("shock")))),
    h("dl", { class: "pairs" }, ["lost", "gaps", "rate", "battery"].map((term) => [
      h("dt", {}, t(`live.${term}`)), h("dd", {}, hold(term, h("span", {}, "–")))])));

  function grade(name, letter) {
    const mark = part[`${name}_grade`];
    if (mark.textContent === letter) return;
    mark.className = `grade ${letter}`;
    mark.textContent = letter;
    mark.title = `${t("number.grade_word")} ${letter}`;
  }

  function update(foot, mode) {
    setText(part.state, known(`live.link.${foot.state}`, foot.state));
    part.state.className = `chip ${foot.state === "streaming" ? "on" : foot.state === "lost" || foot.state === "stalled" ? "bad" : ""}`;
    part.running.hidden = mode === "drill"; // on one leg there are no steps to count
    setText(part.cadence, written(foot.cadence_spm));
    setText(part.gct, unit(foot.gct_ms, 0, "ms"));
    setText(part.shock, unit(foot.shock_g, 1, "g"));
    for (const name of ["cadence", "gct", "shock"]) grade(name, foot[`${name}_grade`] ?? "X");
    setText(part.lost, unit((foot.lost_frac ?? 0) * 100, 1, "%"));
    setText(part.gaps, written(foot.gaps ?? 0));
    setText(part.rate, t("unit.n_hz", { n: written(foot.rate_hz) }));
    setText(part.battery, unit(foot.battery_pct, 0, "%"));
  }

  return { node, update };
}
