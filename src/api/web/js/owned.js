// What you get with what you own: each measure and each flag with its grade, or why there is none.

import { get } from "./api.js";
import { at, h, put } from "./dom.js";
import { mark } from "./lastrun.js";
import { said } from "./server.js";
import { table } from "./table.js";
import { known, t } from "./words.js";

const OWNED = "catfoot.owned";
const GROUPS = {
  watch: ["phone", "strap", "watch-fit", "watch-dynamics"],
  foot_pod: ["stryd-live", "stryd-fit"],
  sensor: ["openpod", "openpod-400", "movesense", "movesense-flash", "dot", "witmotion", "capture2go", "verity", "h10"],
  both: ["two-pods", "two-pods-watch"],
};
const BEST = ["A", "B", "C", "said"]; // best first; no grade comes last
const isFlag = (column) => /^F\d\d$/.test(column);
const rank = (cell) => (cell.grade === null ? BEST.length : BEST.indexOf(cell.grade));

/** Return what this browser remembers of what somebody owns: keys of kinds. */
export const owned = () => JSON.parse(localStorage.getItem(OWNED) ?? "[]");

/** Fill #own with all kinds to choose from and #gets with what they give; changed(keys) hears of it. */
export async function ownership(changed = () => {}) {
  const { columns, items } = await get("/api/v1/devices/kinds");
  const kinds = Object.fromEntries(items.map((one) => [one.key, one]));
  const listed = new Set(Object.values(GROUPS).flat());
  const others = items.map((one) => one.key).filter((key) => key !== "nothing" && !listed.has(key));
  let chosen = owned().filter((key) => key in kinds);

  function tap(key, button) {
    chosen = chosen.includes(key) ? chosen.filter((one) => one !== key) : [...chosen, key];
    button.setAttribute("aria-pressed", String(chosen.includes(key)));
    localStorage.setItem(OWNED, JSON.stringify(chosen));
    show();
  }

  const choice = (key) => h("button", { type: "button", "aria-pressed": String(chosen.includes(key)), data: { kind: key },
    onclick: (e) => tap(key, e.currentTarget) }, known(`owned.kind.${key}`, kinds[key].name));

  function show() {
    at("gets").hidden = !chosen.length;
    const rows = chosen.map((key) => kinds[key]);
    put("gets", chosen.length ? gives(columns, [kinds.nothing, ...rows].filter(Boolean), rows) : "");
    changed(chosen);
  }

  put("own", Object.entries({ ...GROUPS, other: others }).filter(([, keys]) => keys.some((key) => key in kinds)).map(([name, keys]) =>
    h("fieldset", {}, h("legend", {}, t(`owned.group.${name}`)), h("div", { class: "choices" }, keys.filter((key) => key in kinds).map(choice)))));
  show();
}

/** The best of what the chosen things give, column by column. */
function gives(columns, all, chosen) {
  const best = (column) => all.map((kind) => kind.cells[column]).filter(Boolean).sort((a, b) => rank(a) - rank(b))[0];
  const row = (column, name) => {
    const cell = best(column);
    return [name, shown(cell), cell.why && cell.grade !== "said" ? h("span", { class: "quiet" }, reason(cell.why)) : ""];
  };
  const flags = columns.filter(isFlag);
  const can = flags.filter((id) => best(id).grade !== null);
  const heads = (what) => [what, t("owned.grade"), t("owned.why")];
  return [
    table(heads(t("table.measure")), columns.filter((one) => !isFlag(one)).map((one) => row(one, known(`owned.${one.replace(/\W/g, "_")}`, one))), t("owned.gives"), "words"),
    h("details", {}, h("summary", {}, t("owned.flags", { n: can.length, of: flags.length })),
      table(heads(t("today.flags")), flags.map((id) => row(id, known(`flag.${id}`, id))), t("today.flags"), "words")),
    chosen.filter((kind) => kind.storage).map((kind) => h("p", { class: "quiet" },
      h("b", {}, known(`owned.kind.${kind.key}`, kind.name)), ": ", t("owned.stores"), " ", said(kind.storage))),
    h("p", { class: "quiet" }, t("owned.grades")),
  ];
}

const shown = (cell) => (cell.grade === "said" ? t("owned.said") : cell.grade === null ? t("start.gives.no") : mark(cell.grade));
const reason = (why) => known(`owned.why.${why.toLowerCase().replace(/\W+/g, "_")}`, said(why));
