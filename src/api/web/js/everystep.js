// Every contact of a run, one by one, for whoever looks closely.

import { get, of } from "./api.js";

const MOST_PAGES = 4;
const ROWS = 20_000;
const G_MPS2 = 9.80665;
const DEG = 180 / Math.PI;
const COLUMNS = ["ic_ns", "stride_s", "gct_s", "flight_s", "shock_mps2", "strike_rad", "speed_mps"];
// What is drawn of each contact, from its SI row.
const VALUES = { gct_ms: ["gct_s", (v) => v * 1000], cadence_spm: ["stride_s", (v) => 120 / v], flight_ms: ["flight_s", (v) => v * 1000],
  shock_g: ["shock_mps2", (v) => v / G_MPS2], strike_deg: ["strike_rad", (v) => v * DEG], speed_mps: ["speed_mps", (v) => v] };

/** Return [{side, at_ms, columns, grades}] of each recording; at_ms counts from the run's start. */
export async function contactsOf(athlete, run, { started_at, lines }) {
  const found = new Map();
  let cursor = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const query = new URLSearchParams({ columns: COLUMNS.join(","), limit: ROWS, ...(cursor ? { cursor } : {}) });
    const { items, next } = await get(`${of(athlete.id, "runs", run.id, "steps")}?${query}`);
    for (const { recording, side, origin_ns, columns } of items) {
      const one = found.get(recording) ?? { side, at_ms: [], columns: {}, drawn: lines.find((line) => line.recording === recording)?.columns ?? {} };
      found.set(recording, one);
      const shift_ms = origin_ns / 1e6 - Date.parse(started_at);
      one.at_ms.push(...columns.ic_ns.map((ns) => ns / 1e6 + shift_ms));
      for (const name of COLUMNS) (one.columns[name] ??= []).push(...columns[name]);
    }
    cursor = next;
    if (!cursor) break;
  }
  return [...found.values()];
}

/** Return a foot's values of what is drawn, contact by contact; null where it is withheld or has none. */
export function valuesOf(foot, name) {
  if (!VALUES[name] || !foot.drawn[name]) return null;
  const [column, of] = VALUES[name];
  return foot.columns[column].map((v) => (v === null ? null : of(v)));
}
