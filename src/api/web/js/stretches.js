// Laps, accelerations, walk breaks and stops of a run, each with its own numbers.

import { h } from "./dom.js";
import { explained } from "./explained.js";
import { digits, duration, titled, unit, value, written } from "./numbers.js";
import { table } from "./table.js";
import { t } from "./words.js";

const SHOWN = ["speed", "cadence", "gct", "softness", "strike", "heart_rate"];
const MOST = 40; // of a kind; the rest is said as a number
const KINDS = ["segment", "acceleration", "walk", "stop"];

/** Return a table for each kind of stretch that a run has. */
export function stretches({ bouts = [] }) {
  const kinds = KINDS.map((kind) => [kind, bouts.filter((one) => one.kind === kind)]).filter(([, found]) => found.length);
  return kinds.length ? kinds.map(([kind, found]) => one(kind, found)) : h("p", { class: "quiet" }, t("stretch.none"));
}

function one(kind, found) {
  const of = (bout, name) => bout.measures.find((m) => m.name === name)?.value ?? null;
  const names = SHOWN.filter((name) => found.some((bout) => of(bout, name) !== null));
  const rows = found.slice(0, MOST).map((bout, i) => [kind === "segment" ? written(i + 1) : duration(bout.start_s),
    duration(bout.stop_s - bout.start_s), ...names.map((name) => value(name, of(bout, name)))]);
  const heads = [t(kind === "segment" ? "stretch.lap" : "stretch.at"), t("stretch.lasts"), ...names.map((name) => explained(name, titled(name)))];
  return [h("h3", {}, t(`stretch.${kind}`, { n: found.length })), table(heads, rows, t(`stretch.${kind}`, { n: found.length })),
    found.length > MOST ? h("p", { class: "quiet" }, t("stretch.more", { n: found.length - MOST })) : null].filter(Boolean);
}

const CHANGES = ["gct_drift", "duty_drift", "softness_drift", "eversion_drift", "gct_fade"];

/** Return in words what changed from the run's beginning to its end; a change counts where its interval leaves 0 out. */
export function changes({ measures }) {
  return CHANGES.map((name) => measures.find((m) => m.name === name)).filter((m) => m && m.value !== null).map((m) => {
    const shown = (v) => `${written(Math.abs(v), digits(m.name))} ${unit(m.name)}`;
    const sure = m.low === null || m.low === undefined || m.high === null ? null : m.low > 0 || m.high < 0;
    const said = sure === false || m.value === 0 ? "same" : m.value > 0 ? "more" : "less";
    return h("li", {}, h("b", {}, explained(m.name)), ": ", t(`change.${said}`, { by: shown(m.value) }), sure === null && said !== "same" ? ` ${t("change.unsure")}` : "");
  });
}
