// A run beside another: one that is chosen, or the own usual at that pace.

import { get, of } from "./api.js";
import { at, h, put } from "./dom.js";
import { explained } from "./explained.js";
import { mark } from "./lastrun.js";
import { day, km, pace, titled, value, written } from "./numbers.js";
import { said } from "./server.js";
import { table } from "./table.js";
import { t } from "./words.js";

const SHOWN = ["cadence", "gct", "softness", "shock", "strike", "flight", "speed", "heart_rate"];
const USUAL = "usual";

/** Fill the choice of runs, and show the run beside what is chosen. */
export function beside(athlete, run, others) {
  put("other", h("option", { value: USUAL }, t("run.usual")), others.map((one) => h("option", { value: one.id },
    [day(one.day), km(one.distance_m), one.distance_m ? pace(one.distance_m / one.duration_s) : null, one.title].filter(Boolean).join(" · "))));
  const change = () => (at("other").value === USUAL ? usual(athlete, run) : another(run, others.find((one) => one.id === at("other").value)));
  at("other").onchange = change;
  change();
}

function another(run, other) {
  const rows = pairs(run, (m) => other.summary.measures.find((one) => one.name === m.name)?.value ?? null);
  put("beside", rows.length ? table([t("table.measure"), t("table.this"), t("table.that"), t("table.change")], rows) : nothing(t("run.nothing_shared")),
    h("p", { class: "quiet" }, t("run.pace_warning")));
}

/** The usual is worked out where runs at that speed, from that device, are known: on the server. */
async function usual(athlete, run) {
  const { items, start = [] } = await get(of(athlete.id, "runs", run.id, "usual"));
  put("from-start", fromStart(start));
  at("start-row").hidden = !start.length;
  at("start-day").max = run.day;
  at("start-day").onchange = async (e) => {
    const from = e.target.value ? `?${new URLSearchParams({ start_day: e.target.value })}` : "";
    try {
      put("from-start", fromStart((await get(`${of(athlete.id, "runs", run.id, "usual")}${from}`)).start));
    } catch (problem) {
      put("from-start", nothing(problem.message));
    }
  };
  const by = Object.fromEntries(items.map((one) => [one.name, one]));
  const rows = pairs(run, (m) => by[m.name]?.usual ?? null, (m) => ` (${written(by[m.name].usual_n)})`);
  put("beside", rows.length ? table([t("table.measure"), t("table.this"), t("table.usual"), t("table.change")], rows) : nothing(t("run.no_usual")));
}

/** Against the frozen start, which shows progress; the usual forgets what changes slowly. */
function fromStart(start) {
  const known = start.filter((one) => one.value !== null);
  const why = start.find((one) => one.why)?.why;
  if (!start.length) return "";
  const rows = known.map((one) => [h("span", {}, t(`start_of.${one.of}`), " ", mark(one.grade)),
    one.of === "softness" ? t("start_of.score", { n: written(one.value) }) : `${one.value >= 0 ? "+" : "−"}${written(Math.abs(one.value), 1)} %`,
    t("start_of.since", { day: day(one.since), n: one.runs })]);
  return [h("h3", {}, t("start_of.title")), h("p", { class: "quiet" }, t("start_of.text")),
    rows.length ? table([t("table.measure"), t("table.change"), t("start_of.from")], rows) : nothing(said(why) || t("run.no_usual"))];
}

function pairs(run, valueOf, note = () => "") {
  return run.summary.measures.filter((m) => SHOWN.includes(m.name) && m.value !== null && valueOf(m) !== null).map((m) => {
    const other = valueOf(m);
    return [explained(m.name, titled(m.name)), value(m.name, m.value), value(m.name, other) + note(m),
      other ? `${m.value >= other ? "+" : "−"}${written(Math.abs((m.value / other - 1) * 100), 1)} %` : "–"];
  });
}

const nothing = (text) => h("p", { class: "quiet" }, text);
