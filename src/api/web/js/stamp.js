// Which pod sits on which foot: whoever stamps twice is heard on one of them only.

const QUIET_MS = 2500;
const TWICE = 2;

/** Hears stamps in snapshots; `heard` is the side that stamped twice while the other was still. */
export class Stamps {
  constructor() { this.seen = {}; this.heard = null; }

  /** Take the feet of a snapshot at a time in ms; return the side that stamped, or null. */
  update(feet, ms) {
    for (const [side, foot] of Object.entries(feet)) {
      const one = (this.seen[side] ??= { steps: foot.steps, at: [] });
      if (foot.steps > one.steps) one.at.push(ms);
      one.steps = foot.steps;
      one.at = one.at.filter((at) => ms - at < QUIET_MS);
    }
    const loud = Object.entries(this.seen).filter(([, one]) => one.at.length >= TWICE);
    this.heard = loud.length === 1 ? loud[0][0] : null;
    return this.heard;
  }
}
