// The weeks ahead: planned runs that are dragged, or moved by keys, and what that would lead to.

import { get, of, post, remove, replace } from "./api.js";
import { at, h, put } from "./dom.js";
import { day, km } from "./numbers.js";
import { said } from "./server.js";
import { MILE_M, imperial } from "./units.js";
import { t } from "./words.js";
import { imagine } from "./whatif.js";

const DAYS = 21;
const DAY_MS = 86_400_000;
const KINDS = ["easy", "steady", "key", "race"];
const MOVES = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
const PATIENCE_MS = 150; // of a drag over a day, before it is worked out what that would mean

/** Show the plan of three weeks; changed() is called after each change that was written down. */
export function planner(athlete, today, plans, changed) {
  const days = Array.from({ length: DAYS }, (_, i) => new Date(Date.parse(`${today}T12:00:00Z`) + i * DAY_MS).toISOString().slice(0, 10));
  let held = null, over = null, waits = null, asked = 0;

  const body = ({ day, kind, starts_at, distance_m, duration_s, title, source }) => ({ day, kind, starts_at, distance_m, duration_s, title, source });
  const moved = (plan, to) => ({ ...body(plan), day: to,
    starts_at: plan.starts_at && new Date(Date.parse(plan.starts_at) + Date.parse(to) - Date.parse(plan.day)).toISOString() });

  function cells() {
    put("grid", days.map((d) => h("div", { class: "cell", data: { day: d }, "aria-label": day(d) },
      h("span", { class: "quiet" }, day(d)), plans.filter((plan) => plan.day === d).map(chip))));
  }

  function chip(plan) {
    const name = [km(plan.distance_m), t(`run_kind.${plan.kind}`)].filter(Boolean).join(" ");
    return h("button", { type: "button", class: "plan", draggable: "true", data: { id: plan.id },
      "aria-label": t("plan.chip", { what: plan.title || name, day: day(plan.day) }),
      ondragstart: (e) => { held = plan; e.dataTransfer.setData("text/plain", plan.id); e.dataTransfer.effectAllowed = "move"; },
      ondragend: () => { held = null; mark(null); },
      onkeydown: (e) => keys(e, plan) }, plan.title || name);
  }

  /** Say what would hold if the plan lay on another day, before it does. */
  async function preview(plan, to) {
    const mine = (asked += 1);
    put("says", h("p", { class: "quiet" }, t("plan.asking")));
    const told = await imagine(athlete, plan, moved(plan, to));
    if (mine !== asked) return;
    put("says", h("p", {}, h("b", {}, t("plan.would", { day: day(to) }))), told.length
      ? h("ul", { class: "notes" }, told.map((text) => h("li", {}, said(text)))) : h("p", { class: "answered" }, t("plan.clear")));
  }

  function mark(to) {
    over = to;
    for (const cell of at("grid").children) cell.classList.toggle("over", cell.dataset.day === to);
  }

  function keys(e, plan) {
    const to = over ?? plan.day;
    if (MOVES[e.key]) {
      const i = days.indexOf(to) + MOVES[e.key];
      if (i < 0 || i >= days.length) return;
      mark(days[i]);
      preview(plan, days[i]);
    } else if (e.key === "Enter" && over && over !== plan.day) drop(plan, over);
    else if (e.key === "Escape") { mark(null); put("says"); }
    else if (e.key === "Delete") take(plan);
    else return;
    e.preventDefault();
  }

  async function drop(plan, to) {
    mark(null);
    try {
      await replace(of(athlete.id, "planned-runs", plan.id), moved(plan, to), plan.version);
      put("says", h("p", { class: "answered" }, t("plan.moved", { day: day(to) })));
      changed();
    } catch (problem) {
      put("says", h("p", { class: "problem" }, problem.message));
    }
  }

  async function take(plan) {
    await remove(of(athlete.id, "planned-runs", plan.id), plan.version);
    changed();
  }

  const grid = at("grid");
  grid.ondragover = (e) => {
    const cell = e.target.closest?.(".cell");
    if (!held || !cell) return;
    e.preventDefault();
    if (cell.dataset.day === over) return;
    mark(cell.dataset.day);
    clearTimeout(waits);
    waits = setTimeout(() => held && preview(held, over), PATIENCE_MS);
  };
  grid.ondrop = (e) => {
    e.preventDefault();
    if (held && over && over !== held.day) drop(held, over);
  };

  put("add-kind", KINDS.map((kind) => h("option", { value: kind }, t(`run_kind.${kind}`))));
  at("add-day").min = today;
  at("add-day").value ||= days[1];
  at("add").onsubmit = async (e) => {
    e.preventDefault();
    const distance_m = Number(at("add-km").value) * (imperial() ? MILE_M : 1000);
    try {
      const [on, time] = [at("add-day").value, at("add-time").value];
      await post(of(athlete.id, "planned-runs"), { day: on, kind: at("add-kind").value, distance_m,
        starts_at: time ? new Date(`${on}T${time}`).toISOString() : null });
      changed();
    } catch (problem) {
      put("says", h("p", { class: "problem" }, problem.message));
    }
  };
  cells();
  clashes();

  /** What clashes as the plan lies, before anything is moved. */
  async function clashes() {
    const { items } = await get(of(athlete.id, "conflicts"));
    const texts = items.map((one) => one.text).filter(Boolean);
    if (texts.length && !at("says").hasChildNodes()) put("says", h("ul", { class: "notes" }, texts.map((text) => h("li", {}, said(text)))));
  }
}

put("add-unit", t(imperial() ? "unit.mi" : "unit.km"));
