// A coach's page: who needs a look first, why, and an answer, without opening anything else.

import { get } from "./api.js";
import { at, h, put, s } from "./dom.js";
import { one as flagCard } from "./flags.js";
import { day, km, written } from "./numbers.js";
import { begin } from "./page.js";
import { flagTitle, said } from "./server.js";
import { known, t } from "./words.js";

const W = 150;
const H = 22;
let byKey = false;

async function show() {
  try {
    const [{ items }, athletes] = await Promise.all([get("/api/v1/team"), get("/api/v1/athletes")]);
    const asking = items.filter((row) => row.flags.length);
    const writes = Object.fromEntries(athletes.items.map((one) => [one.id, one.may_write !== false]));
    put("team-title", asking.length ? t("team.asking", { n: asking.length, of: items.length }) : t("team.nobody", { n: items.length }));
    put("team", items.map((one) => row(one, writes[one.athlete])));
  } catch (problem) {
    put("team-title", problem.message);
  }
}

function row(one, writes) {
  return h("li", { class: "card", tabindex: -1, data: { asks: one.flags.length } },
    h("div", { class: "head" },
      h("h2", {}, h("a", { href: `/?${new URLSearchParams({ athlete: one.athlete })}` }, one.name)),
      h("a", { class: "quiet", href: `/athlete?${new URLSearchParams({ athlete: one.athlete })}` }, t("nav.athlete")),
      one.demo ? h("span", { class: "chip demo" }, t("demo")) : null,
      h("span", { class: `chip ${one.flags.length ? "bad" : ""}` }, one.flags.length ? t("team.to_answer", { n: one.flags.length }) : t("team.nothing"))),
    h("div", { class: "team-row" },
      h("div", {},
        h("p", {}, said(one.sentence) || t("team.unshared")),
        h("p", { class: "quiet" }, [
          one.last_run ? t("team.last_run", { day: day(one.last_run) }) : null,
          one.last_strength ? t("team.last_strength", { day: day(one.last_strength) }) : t("team.no_strength"),
          one.quiet_flags ? t("team.quiet", { n: one.quiet_flags }) : null,
          one.not_shared.length ? t("team.not_shared", { what: one.not_shared.map((kind) => known(`kind.${kind}`, kind)).join(", ") }) : null,
        ].filter(Boolean).join(" · "))),
      weeks(one)),
    one.flags.length ? h("details", {}, h("summary", {}, one.flags.flatMap((f, i) => [i ? ", " : "", flagTitle(f)])),
      one.flags.map((flag) => flagCard(one.athlete, flag, null, { reader: "coach", answers: writes }))) : null);
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
  const text = t("team.last_week", { run: km(last.run_km * 1000), n: written(last.strength_min) });
  return h("figure", { class: "timeline spark" },
    s("svg", { viewBox: `0 0 ${W} ${2 * H + 6}`, role: "img", "aria-label": t("team.six_weeks", { name, text }) },
      bars("run_km", 0, "run"), bars("strength_min", H + 6, "strength")),
    h("figcaption", { class: "quiet" }, text));
}

/** Go from an athlete to another who asks, and open what they ask. */
function go(now, step) {
  const asking = [...at("team").children].filter((one) => Number(one.dataset.asks));
  const next = asking[Math.max(0, Math.min(asking.length - 1, asking.indexOf(now) + step))];
  next?.focus();
  const details = next?.querySelector("details");
  if (details) details.open = true;
}

/** Once the last flag of an athlete was answered by a key, the next athlete follows. */
function follow(e) {
  const now = e.target.closest("#team > li");
  if (!byKey || !e.target.matches(".answered") || now.querySelector(".answers:has(button)")) return;
  byKey = false;
  go(now, 1);
}

/** Keys for many athletes: j and k go from one who asks to the next, o opens, 1 to 4 answer. */
function keys(e) {
  if (e.target.matches("input, select, textarea") || e.ctrlKey || e.metaKey || e.altKey) return;
  const now = document.activeElement?.closest?.("#team > li");
  const open = () => {
    const details = now?.querySelector("details");
    if (details) details.open = !details.open;
  };
  const answer = (n) => {
    const buttons = now?.querySelectorAll(".answers:has(button)")[0]?.querySelectorAll("button");
    byKey = true;
    buttons?.[n - 1]?.click();
    now?.focus();
  };
  if (e.key === "j") go(now, 1);
  else if (e.key === "k") go(now, -1);
  else if (e.key === "o") open();
  else if (/^[1-4]$/.test(e.key)) answer(Number(e.key));
  else return;
  e.preventDefault();
}

addEventListener("keydown", keys);
at("team").addEventListener("focusin", follow);
begin(show);
