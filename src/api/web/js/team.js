// A coach's page: who needs a look first, why, and an answer, without opening anything else.

import { get } from "./api.js";
import { h, put, s } from "./dom.js";
import { one as flagCard } from "./flags.js";
import { day, written } from "./numbers.js";
import { begin } from "./page.js";

const KINDS = { load_and_flags: "load and flags", metrics: "running measures", heart_rate: "heart rate",
  check_ins: "check-ins", raw: "recordings", location: "places" };
const W = 150;
const H = 22;

async function show() {
  try {
    const { items } = await get("/api/v1/team");
    const asking = items.filter((row) => row.flags.length);
    put("team-title", asking.length ? `${asking.length} of ${items.length} need a look` : `Nobody of ${items.length} needs a look`);
    put("team-line", "Flags are patterns in each athlete's own data, gravest first. Six weeks of running stand beside foot strength.");
    put("team", items.map(row));
  } catch (problem) {
    put("team-title", problem.message);
  }
}

function row(one) {
  return h("li", { class: "card" },
    h("div", { class: "head" },
      h("h2", {}, h("a", { href: `/?${new URLSearchParams({ athlete: one.athlete })}` }, one.name)),
      one.demo ? h("span", { class: "chip demo" }, "demo") : null,
      h("span", { class: `chip ${one.flags.length ? "bad" : ""}` }, one.flags.length ? `${one.flags.length} to answer` : "nothing to answer")),
    h("div", { class: "team-row" },
      h("div", {},
        h("p", {}, one.sentence || "Nothing of their days is shared with you."),
        h("p", { class: "quiet" }, [
          one.last_strength ? `last foot session ${day(one.last_strength)}` : "no foot session yet",
          one.quiet_flags ? `${one.quiet_flags} answered or hidden` : null,
          one.not_shared.length ? `not shared: ${one.not_shared.map((kind) => KINDS[kind]).join(", ")}` : null,
        ].filter(Boolean).join(" · "))),
      weeks(one)),
    one.flags.length ? h("details", {}, h("summary", {}, one.flags.map((f) => f.title).join(", ")),
      one.flags.map((flag) => flagCard(one.athlete, flag, null, "coach"))) : null);
}

/** Two rows of six bars: kilometres above, minutes of foot strength below. */
function weeks({ weeks: six, name }) {
  if (!six.some((w) => w.run_km || w.strength_min)) return null;
  const bars = (key, top, kind) => {
    const most = Math.max(1e-9, ...six.map((w) => w[key]));
    return six.map((w, i) => s("rect", { class: kind, x: i * (W / 6) + 1, width: W / 6 - 3, rx: 2,
      y: top + H - Math.max(1, (w[key] / most) * H), height: Math.max(1, (w[key] / most) * H) }));
  };
  const last = six.at(-1);
  const text = `last week ${written(last.run_km, 1)} km, ${written(last.strength_min)} min foot strength`;
  return h("figure", { class: "timeline spark" },
    s("svg", { viewBox: `0 0 ${W} ${2 * H + 6}`, role: "img", "aria-label": `${name}, six weeks: ${text}` },
      bars("run_km", 0, "run"), bars("strength_min", H + 6, "strength")),
    h("figcaption", { class: "quiet" }, text));
}

begin(show);
