// Contacts of a landing or hop drill, as snapshots count them, up to the planned number.

export class Contacts {
  constructor(side, planned) {
    Object.assign(this, { side, planned, count: 0, over: null, shocks: [], softness: null, strike_deg: null, gaps: 0, level: "ready" });
    this.first = null;
  }

  /** Take one foot of a snapshot; return this. */
  update(foot) {
    if (this.over) return this;
    if (foot?.state !== "streaming") {
      if (this.level !== "silent") this.gaps += 1;
      this.level = "silent";
      return this;
    }
    this.level = "ready";
    this.first ??= foot.steps;
    const count = Math.min(this.planned, foot.steps - this.first);
    if (count > this.count && foot.shock_g !== null) this.shocks.push(foot.shock_g);
    this.count = count;
    this.softness = foot.drill?.figures?.find((one) => one.name === "landing_softness")?.value ?? null;
    this.strike_deg = foot.strike_deg ?? this.strike_deg;
    if (this.count >= this.planned) this.end("count");
    return this;
  }

  end(why) { this.over ??= why; }

  /** The middle of what was felt at each landing, in g; null where the pod withholds it. */
  get shock_g() {
    const sorted = [...this.shocks].sort((a, b) => a - b);
    return sorted.length ? sorted[sorted.length >> 1] : null;
  }
}
