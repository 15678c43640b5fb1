// Feet of a live snapshot: left, right, and pods that do not say which ("unknown", "unknown 2", ...).

import { known, t } from "./words.js";

const FIRST = ["left", "right", "unknown"];
const place = (side) => (FIRST.includes(side) ? FIRST.indexOf(side) : FIRST.length);

/** Return the keys of a snapshot's feet: left stays left, whichever came first. */
export const inOrder = (feet) => Object.keys(feet).sort((a, b) => place(a) - place(b) || a.localeCompare(b));

/** Return what a foot is called; a further pod of an unknown foot keeps its number. */
export function footName(side) {
  const [first, n] = side.split(" ");
  return n ? t("foot.nth", { foot: known(`foot.${first}`, first), n }) : known(`foot.${side}`, side);
}
