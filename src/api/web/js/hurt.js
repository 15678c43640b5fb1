// What hurts: how much one place does, on which side, of which kind.

import { score } from "./choice.js";
import { h } from "./dom.js";
import { site } from "./sites.js";
import { t } from "./words.js";

const SIDES = ["left", "right", "both"].map((side) => [side, t(`side.${side}`)]);
const KINDS = ["ache", "sharp", "rest", "night", "bone"].map((kind) => [kind, t(`hurt.kind.${kind}`)]);
const FIRST_PAIN = 3;

/** Return what is said of a place that was just chosen. */
export const pained = () => ({ score: FIRST_PAIN, side: "unknown", kind: "unknown" });

/** Return the rows of one place; they change ``pain``, and ``more`` stands behind the sides. */
export function hurt(name, pain, ...more) {
  return h("div", { class: "felt" }, score(site(name), pain.score, (v) => { pain.score = v; }),
    h("div", { class: "row" }, one(t("after.which_side"), SIDES, pain, "side"), ...more),
    one(t("hurt.kind"), KINDS, pain, "kind"));
}

function one(label, options, pain, key) {
  return h("span", { class: "choices", role: "group", "aria-label": label }, options.map(([value, text]) =>
    h("button", { type: "button", "aria-pressed": String(pain[key] === value), onclick: (e) => {
      pain[key] = pain[key] === value ? "unknown" : value;
      for (const b of e.currentTarget.parentNode.children) {
        b.setAttribute("aria-pressed", String(b === e.currentTarget && pain[key] === value));
      }
    } }, text)));
}

/** Return the pains that were chosen, and the worst of them; none is a pain of 0. */
export function pains(names, said) {
  const all = names.map((name) => ({ site: name, ...said[name] }));
  return { pains: all, pain: Math.max(0, ...all.map((p) => p.score)) };
}
