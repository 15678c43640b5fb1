// Pods being read: how well they come through, which foot each is on, what is missing.

import { at, h, put, setText } from "./dom.js";
import { footName, inOrder } from "./feet.js";
import { listen } from "./listen.js";
import { written } from "./numbers.js";
import { lacks } from "./offline.js";
import { ownership } from "./owned.js";
import { begin, maySee } from "./page.js";
import { radio } from "./radio.js";
import { Stamps } from "./stamp.js";
import { known, t } from "./words.js";

const MOST_LOST = 0.02; // above this holds and contacts go missing
const LATE_MS = 500;
const LOW_PCT = 15;
const SLOW_HZ = 200; // below it contact time has a lower grade
const QUIET_MS = 3000;

let stamps = new Stamps();
let quiet, motion = { steps: 0, degps: null };

function show(athlete) {
  stamps = new Stamps();
  checks({});
  if (maySee(athlete, "raw")) radio(athlete, { motion: () => motion });
  else put("radio-says", t("radio.unshared"));
  if (maySee(athlete, "metrics")) listen(athlete.id, hear, () => state("no_server", "bad"));
}

function hear(snapshot) {
  clearTimeout(quiet);
  quiet = setTimeout(() => state("nothing", ""), QUIET_MS);
  const feet = snapshot.feet ?? {};
  at("devices-demo").hidden = !snapshot.demo;
  const streaming = Object.values(feet).some((foot) => foot.state === "streaming");
  state(streaming ? snapshot.mode === "drill" ? "drill" : "running" : "waiting", streaming ? "on" : "");
  put("pods", inOrder(feet).map((side) => pod(side, feet[side])));
  const turning = Object.values(feet).map((foot) => foot.turning_degps).filter((degps) => typeof degps === "number");
  motion = { steps: Object.values(feet).reduce((sum, foot) => sum + (foot.steps ?? 0), 0), degps: turning.length ? Math.max(...turning) : null };
  setText(at("together"), snapshot.together ? together(snapshot.together) : "");
  const heard = stamps.update(feet, performance.now());
  if (heard) setText(at("stamp"), footName(heard));
  checks(feet);
}

function state(name, kind) {
  setText(at("state"), t(`live.${name}`));
  at("state").className = `chip ${kind}`;
}

function pod(side, foot) {
  const rows = [["live.lost", `${written((foot.lost_frac ?? 0) * 100, 1)} %`], ["live.rate", t("unit.n_hz", { n: written(foot.rate_hz) })],
    ["live.gaps", written(foot.gaps)], ["live.battery", foot.battery_pct === null ? "–" : `${written(foot.battery_pct)} %`],
    ["devices.late", foot.late_ms === undefined ? "–" : `${written(foot.late_ms)} ms`]];
  return h("section", { class: "foot-card", data: { side }, "aria-label": footName(side) },
    h("h3", {}, footName(side), h("span", { class: `chip ${foot.state === "streaming" ? "on" : ""}` }, known(`live.link.${foot.state}`, foot.state))),
    h("p", { class: "quiet" }, foot.device),
    h("dl", { class: "pairs" }, rows.map(([key, text]) => [h("dt", {}, t(key)), h("dd", {}, text)])));
}

/** What lining two pods up by tapping them together has left. */
const together = ({ offset_ms: was, left_ms: left, residual_ms: spread, taps }) => t("devices.together", { n: taps, was: written(Math.abs(was), 1),
  left: written(Math.abs(left), 1), spread: written(spread, 1) });

/** The connection check: what was looked at, and what to do about what is not well. */
function checks(feet) {
  const all = Object.entries(feet);
  const bad = (test, key) => all.filter(([, foot]) => test(foot)).map(([side]) => t(key, { foot: footName(side) }));
  const found = all.length ? [
    ...bad((f) => f.state === "lost" || f.state === "stalled", "devices.fix.lost"),
    ...bad((f) => (f.lost_frac ?? 0) > MOST_LOST, "devices.fix.loss"),
    ...bad((f) => f.late_ms > LATE_MS, "devices.fix.late"),
    ...bad((f) => f.rate_hz < SLOW_HZ, "devices.fix.rate"),
    ...bad((f) => f.battery_pct !== null && f.battery_pct < LOW_PCT, "devices.fix.battery"),
    ...(Object.keys(feet).some((side) => side.startsWith("unknown")) ? [t("devices.fix.side")] : []),
  ] : [t("devices.fix.none")];
  const lines = [...(found.length ? found : [t("devices.well")]), ...lacks()];
  const text = lines.join("\n");
  if (at("checks").dataset.text === text) return; // no layout ten times a second
  at("checks").dataset.text = text;
  put("checks", lines.map((line) => h("li", {}, line)));
}

ownership().catch((problem) => put("own-problem", problem.message));
begin(show);
