// One hold on one leg, as snapshots tell it: the clock, the wobbles, and when it is over.

import { Steady } from "./cues.js";

export const LEVELS = [
  { name: "calm" },
  { name: "moving", up: 4, down: 3 },
  { name: "wobbling", up: 8, down: 6 },
];
const DOWN_DEG = 20; // a foot that leans so far is not standing alone any more
const DOWN_MS = 250;

export class Hold {
  constructor(side, target_s) {
    Object.assign(this, { side, target_s, held_ms: 0, over: null, wobbles: 0, inward: 0, outward: 0, gaps: 0, level: "calm" });
    this.steady = new Steady(LEVELS);
    this.last = this.wide = this.first = null;
    this.directed = true;
  }

  /** Take one foot of a snapshot at a time in ms; return this. */
  update(foot, ms) {
    if (this.over) return this;
    const sway = foot?.state === "streaming" ? foot.sway : null;
    if (!sway || sway.roll_deg === null) {
      if (this.last !== null) this.gaps += 1;
      this.last = null; // the clock waits: nothing is known of this time
      this.level = "silent";
      return this;
    }
    const lean = Math.hypot(sway.roll_deg, sway.pitch_deg ?? 0);
    this.level = this.steady.update(lean, ms);
    if (this.last !== null) this.held_ms += ms - this.last;
    this.last = ms;
    this.first ??= sway;
    const since = (name) => (sway[name] ?? 0) - (this.first[name] ?? 0);
    this.inward = since("wobbles_medial");
    this.outward = since("wobbles_lateral");
    this.directed = sway.wobbles_medial !== null; // a pod that does not know its foot counts without a direction
    this.wobbles = Math.max(since("wobbles"), this.inward + this.outward);
    this.wide = lean > DOWN_DEG ? this.wide ?? ms : null;
    if (this.wide !== null && ms - this.wide >= DOWN_MS) this.end("foot down");
    else if (this.held_ms >= this.target_s * 1000) this.end("time");
    return this;
  }

  end(why) { this.over ??= why; }

  get held_s() { return Math.min(this.held_ms / 1000, this.target_s); }

  /** Held to the end, without a gap and without a wobble. */
  get clean() { return this.over === "time" && this.gaps === 0 && this.wobbles === 0; }
}
