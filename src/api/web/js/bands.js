// Where a run was not measured, and where the feet walked: bands behind the lines.

import { duration } from "./numbers.js";
import { t } from "./words.js";

const SHORTEST_S = 8; // of a walk break

/** Return {gaps, walks, told}: bins [from, to) of each, and what to say of them. */
export function bands(data) {
  const [gaps, walks] = [gapsOf(data), walksOf(data)];
  const say = (name, found) => (found.length
    ? t(`run.${name}`, { n: found.length, time: duration(found.reduce((sum, [from, to]) => sum + to - from, 0) * data.bin_s) }) : null);
  return { gaps, walks, bin_s: data.bin_s, told: [say("gaps", gaps), say("walks", walks)].filter(Boolean).join(" ") || t("run.no_gaps") };
}

function gapsOf({ lines, bins }) {
  const any = Array.from({ length: bins }, (_, i) => lines.some((line) => line.n[i] > 0));
  return spans(bins, (i) => lines.length > 0 && !any[i]);
}

function walksOf({ lines, bins, bin_s }) {
  const steps = lines.filter((line) => line.walked);
  const sum = (of, i) => steps.reduce((all, line) => all + line[of][i], 0);
  const least = Math.max(1, Math.round(SHORTEST_S / bin_s));
  return spans(bins, (i) => sum("n", i) > 0 && sum("walked", i) * 2 > sum("n", i)).filter(([from, to]) => to - from >= least);
}

/** Return the stretches [from, to) of bins for which a test holds. */
function spans(bins, holds) {
  const out = [];
  let from = null;
  for (let i = 0; i <= bins; i += 1) {
    const now = i < bins && holds(i);
    if (now && from === null) from = i;
    if (!now && from !== null) { out.push([from, i]); from = null; }
  }
  return out;
}
