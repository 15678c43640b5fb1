// A voice while running: every few minutes, or when a number leaves the band that was chosen.

import { Steady } from "./cues.js";
import { label, unit, value } from "./numbers.js";
import { t } from "./words.js";

const DWELL_MS = 8000; // a few strides beyond the band are a kerb, not a change
const INSIDE = 0.01; // of the edge: back inside by so much before the word may change
const MINUTE_MS = 60_000;

/** Says what there is to say of snapshots; a softness target is not among what can be chosen. */
export class RunVoice {
  constructor(say) {
    this.say = say;
    this.every_min = 0;
    this.band(null);
  }

  /** Choose a band {measure: "cadence" or "gct", low, high}, or none. */
  band(chosen) {
    this.chosen = chosen;
    const levels = (edge) => [{ name: "in" }, { name: "out", up: edge, down: edge - Math.abs(edge) * INSIDE }];
    const dwell = { riseMs: DWELL_MS, fallMs: DWELL_MS };
    this.above = chosen && new Steady(levels(chosen.high), dwell);
    this.below = chosen && new Steady(levels(-chosen.low), dwell);
    this.was = "in";
  }

  /** Take the feet of a snapshot at a time in ms. */
  update(feet, ms) {
    const known = Object.values(feet).filter((foot) => foot.state === "streaming");
    if (!known.length) return;
    this.last ??= ms;
    if (this.every_min && ms - this.last >= this.every_min * MINUTE_MS) {
      this.last = ms;
      this.say(["cadence", "gct"].map((name) => told(name, feet)).filter(Boolean).join(". "));
    }
    if (this.chosen) this.watch(mean(known, this.chosen.measure), ms);
  }

  watch(now, ms) {
    if (now === null) return;
    const [above, below] = [this.above.update(now, ms), this.below.update(-now, ms)];
    const is = above === "out" ? "above" : below === "out" ? "below" : "in";
    if (is === this.was) return;
    this.was = is;
    this.say(t(`voice.${is}`, { what: label(this.chosen.measure), value: value(this.chosen.measure, now) }));
  }
}

const KEYS = { cadence: "cadence_spm", gct: "gct_ms" };

function mean(feet, measure) {
  const found = feet.map((foot) => foot[KEYS[measure]]).filter((v) => v !== null && v !== undefined);
  return found.length ? found.reduce((sum, v) => sum + v, 0) / found.length : null;
}

/** A measure foot by foot; cadence is of both feet and said once. */
function told(measure, feet) {
  const parts = Object.entries(feet).filter(([, foot]) => foot[KEYS[measure]] !== null && foot.state === "streaming");
  if (!parts.length) return null;
  const one = measure === "cadence" || parts.length === 1;
  const said = (one ? parts.slice(0, 1) : parts).map(([side, foot]) =>
    `${one ? "" : `${t(`side.${side.split(" ")[0]}`)} `}${value(measure, foot[KEYS[measure]])}`);
  return `${label(measure)} ${said.join(", ")} ${unit(measure)}`;
}
