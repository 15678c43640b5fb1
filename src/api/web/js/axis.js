// A year on one axis, drawn on a canvas: it pans under the finger and draws only what is seen.

import { metres, minutes, runSeconds, starting, worst } from "./dayinfo.js";
import { path } from "./flags.js";
import { day, duration, km, written } from "./numbers.js";
import { t } from "./words.js";

const LANES = { runs: [22, 96], strength: [142, 60], sore: [224, 40], flags: [288, 46] }; // top, height
const HEIGHT = 372;
const BOTTOM = 340;
const MARK = 14;
const ROWS = 3;
const LEAST_DAYS = 14;
const SPREAD = { info: "--info", notice: "--notice", caution: "--caution", stop: "--stop" };

/** Draws days and what is planned; look(from, to) shows a stretch, point(i) marks a day. */
export class Axis {
  constructor(canvas) {
    this.canvas = canvas;
    this.days = [];
    this.view = [0, LEAST_DAYS];
    this.at = null;
    this.frame = null;
    new ResizeObserver(() => this.sized()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { this.colours = null; this.soon(); });
  }

  /** Take days in order, their planned runs by day, and stretches of not running. */
  take(days, planned, pauses) {
    Object.assign(this, { days, planned, pauses });
    const known = days.some((d) => metres(d) > 0);
    this.ofRun = known ? metres : runSeconds;
    this.mostRun = Math.max(1e-9, ...days.map(this.ofRun), ...(known ? [...planned.values()].flat().map((p) => p.distance_m ?? 0) : [0]));
    this.mostStrength = Math.max(1e-9, ...days.map(minutes));
    this.known = known;
    this.soon();
  }

  look(from, to) {
    const length = Math.max(LEAST_DAYS, Math.min(this.days.length, to - from));
    const first = Math.max(0, Math.min(this.days.length - length, from));
    this.view = [first, first + length];
    this.soon();
  }

  point(i) {
    this.at = Math.max(0, Math.min(this.days.length - 1, i));
    const [from, to] = this.view;
    if (this.at < from) this.look(this.at, this.at + to - from);
    else if (this.at >= to) this.look(this.at + 1 - (to - from), this.at + 1);
    this.soon();
    return this.days[this.at];
  }

  /** Return the day under a place on the screen. */
  dayAt(clientX) {
    const box = this.canvas.getBoundingClientRect();
    return Math.floor(this.view[0] + ((clientX - box.left) / box.width) * (this.view[1] - this.view[0]));
  }

  get perPixel() { return (this.view[1] - this.view[0]) / this.canvas.clientWidth; }

  sized() {
    const scale = devicePixelRatio || 1;
    this.canvas.width = Math.round(this.canvas.clientWidth * scale);
    this.canvas.height = Math.round(HEIGHT * scale);
    this.soon();
  }

  soon() { this.frame ??= requestAnimationFrame(() => { this.frame = null; this.draw(); }); }

  colour(name) {
    this.colours ??= {};
    return (this.colours[name] ??= getComputedStyle(document.documentElement).getPropertyValue(name).trim());
  }

  draw() {
    const c = this.canvas.getContext("2d");
    const scale = devicePixelRatio || 1, width = this.canvas.clientWidth;
    c.setTransform(scale, 0, 0, scale, 0, 0);
    c.clearRect(0, 0, width, HEIGHT);
    if (!this.days.length || !width) return;
    const [from, to] = this.view;
    const step = width / (to - from);
    const first = Math.max(0, Math.floor(from)), last = Math.min(this.days.length, Math.ceil(to));
    const x = (i) => (i - from) * step;
    this.background(c, x, step, first, last, width);
    const gap = Math.min(2, step * 0.2), wide = Math.max(1, step - gap);
    for (let i = first; i < last; i += 1) {
      const d = this.days[i];
      this.bar(c, x(i) + gap / 2, wide, "runs", this.ofRun(d) / this.mostRun, "--left");
      this.bar(c, x(i) + gap / 2, wide, "strength", minutes(d) / this.mostStrength, "--accent");
      for (const plan of this.planned.get(d.day) ?? []) this.plan(c, x(i) + gap / 2, wide, plan);
      this.dot(c, x(i) + step / 2, worst(d));
    }
    this.marks(c, x, step, first, last);
    this.titles(c, width);
  }

  background(c, x, step, first, last, width) {
    for (const [from, to] of this.pauses) {
      c.fillStyle = this.colour("--soft");
      c.fillRect(x(from), 0, (to - from) * step, BOTTOM);
    }
    if (this.at !== null) {
      c.fillStyle = this.colour("--soft");
      c.fillRect(x(this.at), 0, Math.max(2, step), BOTTOM);
    }
    c.strokeStyle = this.colour("--line");
    c.fillStyle = this.colour("--quiet");
    c.font = "12px system-ui, sans-serif";
    c.textAlign = "left";
    const every = step * 7 > 64 ? 7 : 1;
    let clear = -1;
    for (let i = first; i < last; i += 1) {
      const at = new Date(`${this.days[i].day}T12:00:00Z`);
      if (every === 7 ? at.getUTCDay() !== 1 : at.getUTCDate() !== 1) continue;
      c.beginPath();
      c.moveTo(x(i), 0);
      c.lineTo(x(i), BOTTOM);
      c.stroke();
      if (x(i) < clear || x(i) > width - 40) continue;
      c.fillText(day(this.days[i].day, every === 7 ? { day: "numeric", month: "short" } : { month: "short" }), x(i) + 3, BOTTOM + 18);
      clear = x(i) + 44;
    }
    for (const [top, height] of Object.values(LANES).slice(0, 3)) c.strokeRect(0, top + height + 0.5, width, 0);
  }

  bar(c, x, width, lane, share, colour) {
    if (!share) return;
    const [top, height] = LANES[lane];
    const tall = Math.max(2, share * height);
    c.fillStyle = this.colour(colour);
    c.fillRect(x, top + height - tall, width, tall);
  }

  plan(c, x, width, plan) {
    const [top, height] = LANES.runs;
    const tall = Math.max(6, ((this.known ? plan.distance_m ?? 0 : plan.duration_s ?? 0) / this.mostRun) * height);
    c.strokeStyle = this.colour("--left");
    c.setLineDash([3, 2]);
    c.strokeRect(x + 0.5, top + height - tall + 0.5, Math.max(1, width - 1), tall - 1);
    c.setLineDash([]);
  }

  dot(c, x, score) {
    if (!score) return;
    const [top, height] = LANES.sore;
    c.fillStyle = this.colour("--right");
    c.beginPath();
    c.arc(x, top + height - (score / 10) * height, 2 + score / 4, 0, 7);
    c.fill();
  }

  marks(c, x, step, first, last) {
    const [top] = LANES.flags;
    const ends = []; // of each row, so that marks of near days stand below each other
    for (let i = first; i < last; i += 1) {
      for (const flag of starting(this.days[i])) {
        const left = x(i) + step / 2 - MARK / 2;
        let row = ends.findIndex((end) => end <= left);
        if (row < 0) row = Math.min(ends.length, ROWS - 1);
        ends[row] = left + MARK + 1;
        c.save();
        c.translate(left, top + row * (MARK + 2));
        c.scale(MARK / 16, MARK / 16);
        c.fillStyle = this.colour(SPREAD[flag.severity] ?? "--info");
        c.fill(shapeOf(flag.severity), "evenodd");
        c.restore();
      }
    }
  }

  titles(c, width) {
    c.fillStyle = this.colour("--ink");
    c.font = "600 12px system-ui, sans-serif";
    for (const [name, [top]] of Object.entries(LANES)) c.fillText(t(`timeline.${name}`), 2, top - 7);
    c.fillStyle = this.colour("--quiet");
    c.font = "12px system-ui, sans-serif";
    c.textAlign = "right";
    c.fillText(t("timeline.longest", { run: this.known ? km(this.mostRun) : duration(this.mostRun) }), width - 2, LANES.runs[0] - 7);
    c.fillText(t("timeline.up_to", { n: written(this.mostStrength) }), width - 2, LANES.strength[0] - 7);
    c.fillText(t("timeline.0_to_10"), width - 2, LANES.sore[0] - 7);
    c.textAlign = "left";
  }
}

const shapes = new Map();

function shapeOf(severity) {
  if (!shapes.has(severity)) shapes.set(severity, new Path2D(path(severity)));
  return shapes.get(severity);
}
