// The balance dial: where the foot leans, seen from above, against a calm middle.

import { h, s, setText } from "./dom.js";
import { written } from "./numbers.js";
import { footName, t } from "./words.js";

const FULL_DEG = 15; // the rim
const CALM_DEG = 3; // the middle that counts as calm
const TRAIL = 30; // snapshots: three seconds
const R = 80;

const dials = new Map();

/** Show one dial for each foot that sways, while the mode is drill. */
export function dial(place, snapshot) {
  const feet = Object.entries(snapshot.feet ?? {}).filter(([, foot]) => foot.sway).sort();
  const shown = snapshot.mode === "drill" && feet.length > 0;
  place.hidden = !shown;
  if (!shown) return;
  for (const [side, foot] of feet) {
    if (!dials.has(side) || !dials.get(side).node.isConnected) {
      dials.set(side, one(side));
      // All of them anew: left stands left of right, whichever was heard first.
      place.append(...feet.flatMap(([name]) => dials.get(name)?.node ?? []));
    }
    dials.get(side).update(foot.sway);
  }
}

/** Return {node, update(sway)}: the dial of one foot; bare leaves the words out. */
export function one(side, { bare = false } = {}) {
  const dot = s("circle", { class: "dot", r: 8 });
  const trail = s("polyline", { class: "trail" });
  const word = h("p", { class: "word" }, "…");
  const lines = h("p", { class: "quiet" });
  const node = h("figure", { class: "dial", data: { side } },
    s("svg", { viewBox: "-100 -100 200 200", role: "img", "aria-label": t("dial.label", { foot: footName(side) }) },
      s("circle", { class: "ring", r: R }),
      s("circle", { class: "ring", r: (R * 2) / 3 }),
      s("circle", { class: "calm", r: (R * CALM_DEG) / FULL_DEG }),
      s("line", { class: "cross", x1: -R, x2: R }), s("line", { class: "cross", y1: -R, y2: R }),
      s("text", { x: 0, y: -86, "text-anchor": "middle" }, t("dial.toes")),
      s("text", { x: 0, y: 95, "text-anchor": "middle" }, t("dial.heel")),
      trail, dot),
    bare ? null : h("figcaption", {}, h("h3", {}, footName(side)), word, lines));
  const seen = [];

  function update(sway) {
    // Left edge up: the weight goes right. Toes down: it goes forward, which is up here.
    const [x, y] = [place(sway.roll_deg), -place(sway.pitch_deg)];
    dot.setAttribute("transform", `translate(${x} ${y})`);
    seen.push(`${x},${y}`);
    if (seen.length > TRAIL) seen.shift();
    trail.setAttribute("points", seen.join(" "));
    const lean = Math.hypot(sway.roll_deg ?? 0, sway.pitch_deg ?? 0);
    setText(word, t(`dial.${sway.roll_deg === null ? "unknown" : lean <= CALM_DEG ? "calm" : lean <= CALM_DEG * 2 ? "moving" : "wobbling"}`));
    setText(lines, t("dial.told", { roll: written(sway.roll_deg, 1), pitch: written(sway.pitch_deg, 1), sway: written(sway.ml_acc_rms_mps2, 2),
      inward: sway.wobbles_medial ?? 0, outward: sway.wobbles_lateral ?? 0 }));
  }
  return { node, update };
}

function place(deg) {
  const bounded = Math.max(-FULL_DEG, Math.min(FULL_DEG, deg ?? 0));
  return Math.round((bounded / FULL_DEG) * R * 10) / 10;
}
