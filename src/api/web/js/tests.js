// Test day: which tests are due, one athlete after the other, and what came of the last.

import { get, of } from "./api.js";
import { at, h, put } from "./dom.js";
import { guide } from "./battery.js";
import { LONG_DAY, day } from "./numbers.js";
import { begin, mayWrite } from "./page.js";
import { send } from "./queue.js";
import { said } from "./server.js";
import { table } from "./table.js";
import { testName, testValue } from "./testname.js";
import { known, t } from "./words.js";

let athlete, batteries, chosen;
const tested = new Set(); // today, at this station

async function show(row) {
  athlete = row;
  put("filed");
  try {
    const [{ items }, { standing: found }, everybody] = await Promise.all([get("/api/v1/batteries"), get(`${of(row.id, "assessments")}?limit=1`), get("/api/v1/athletes")]);
    batteries = Object.fromEntries(items.map((one) => [one.battery, one.tests]));
    const { due } = found;
    put("due", t(due.overdue ? "tests.overdue" : due.due ? "tests.due" : "tests.later", { battery: t(`battery.${due.battery}`), day: day(due.on, LONG_DAY) }));
    choose(due.battery);
    put("last", found.last.length ? table([t("tests.test"), t("tests.side"), t("tests.best"), t("tests.tries")],
      found.last.map((one) => [testName(one.test), t(`side.${one.side}`), testValue(one.best, one.unit), String(one.n)])) : h("p", { class: "quiet" }, t("tests.none")));
    roster(everybody.items.filter(mayWrite));
  } catch (problem) {
    put("due", problem.message);
  }
}

function choose(battery) {
  chosen = battery;
  put("batteries", Object.keys(batteries).map((name) => h("button", { type: "button", "aria-pressed": String(name === battery), onclick: () => choose(name) },
    known(`battery.${name}`, name))));
  put("list", batteries[battery].map((test) => h("li", {}, h("b", {}, testName(test.name)), h("br"), h("span", { class: "quiet" },
    said(test.title), test.per_side ? `, ${t("strength.each_side")}` : "", test.unit === "run" ? ` (${t("tests.as_run")})` : ""))));
  at("go").disabled = false;
}

/** A coach's list: whoever is next is one tap away; the pods stay with the station. */
function roster(all) {
  at("roster-part").hidden = all.length < 2;
  put("roster", all.map((one) => h("li", {}, h("button", { type: "button", "aria-pressed": String(one.id === athlete.id), onclick: () => {
    at("athlete").value = one.id;
    at("athlete").onchange();
  } }, one.name), " ", tested.has(one.id) ? h("span", { class: "chip on" }, t("tests.tested")) : null)));
}

async function file(trials) {
  if (!trials.length) return;
  try {
    const there = await send(of(athlete.id, "assessments"), { battery: chosen, trials });
    tested.add(athlete.id);
    await show(athlete);
    put("filed", there ? t("tests.filed", { n: trials.length, name: athlete.name }) : t("kept"));
  } catch (problem) {
    put("problem", problem.message);
  }
}

at("go").addEventListener("click", () => guide(batteries[chosen], file));
begin(show);
