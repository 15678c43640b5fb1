// Where a run was not measured, and where the feet walked: bands behind the lines.

import { get, of } from "./api.js";
import { duration } from "./numbers.js";
import { t } from "./words.js";

const WALK = 1; // of the column gait: 0 unknown, 1 walk, 2 run, 3 other
const MOST_PAGES = 12; // of contacts: an ultra's walk breaks are not worth a minute's wait
const SHORTEST_S = 8; // of a walk break

/** Return {gaps, walks, told}: bins [from, to) of each, and what to say of them. */
export async function bands(data, athlete, run) {
  const stepped = data.lines.some((line) => line.table === "step");
  const [gaps, walks] = [gapsOf(data), stepped ? await walksOf(data, athlete, run) : []];
  const say = (name, found) => (found.length
    ? t(`run.${name}`, { n: found.length, time: duration(found.reduce((sum, [from, to]) => sum + to - from, 0) * data.bin_s) }) : null);
  return { gaps, walks, told: [say("gaps", gaps), say("walks", walks)].filter(Boolean).join(" ") || t("run.no_gaps") };
}

function gapsOf({ lines, bins }) {
  const any = Array.from({ length: bins }, (_, i) => lines.some((line) => line.n[i] > 0));
  return spans(bins, (i) => lines.length > 0 && !any[i]);
}

async function walksOf(data, athlete, run) {
  const steps = new Uint32Array(data.bins), walked = new Uint32Array(data.bins);
  const begun_ns = Date.parse(data.started_at) * 1e6;
  let cursor = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const query = new URLSearchParams({ columns: "ic_ns,gait", ...(cursor ? { cursor } : {}) });
    const { items, next } = await get(`${of(athlete.id, "runs", run, "steps")}?${query}`);
    for (const { origin_ns, columns } of items) {
      columns.ic_ns.forEach((ic_ns, i) => {
        const bin = Math.floor((ic_ns + (origin_ns - begun_ns)) / 1e9 / data.bin_s);
        if (bin < 0 || bin >= data.bins) return;
        steps[bin] += 1;
        walked[bin] += columns.gait[i] === WALK;
      });
    }
    cursor = next;
    if (!cursor) break;
  }
  const least = Math.max(1, Math.round(SHORTEST_S / data.bin_s));
  return spans(data.bins, (i) => steps[i] > 0 && walked[i] * 2 > steps[i]).filter(([from, to]) => to - from >= least);
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
