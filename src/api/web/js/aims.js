// What to aim for in the tests: next time, what the first tries set, and how the last ones went.

import { h } from "./dom.js";
import { testName, testValue } from "./testname.js";
import { t } from "./words.js";

const named = ({ test, side }) => h("b", {}, side === "both" ? testName(test) : `${testName(test)}, ${t(`side.${side}`)}`);
const listed = (rows, none) => (rows.length ? rows : [h("li", { class: "quiet" }, none)]);

/** Return a line for each aim of the next test day. */
export const next = (aims) => listed(aims.map((one) => h("li", {}, named(one), `: ${testValue(one.value, one.unit)}`)), t("aims.none"));

/** Return a line for each aim that a first try set, with the days it took. */
export const first = (aims) => listed(aims.map((one) => h("li", {}, named(one), `: ${testValue(one.value, one.unit)} `,
  one.days === null ? h("span", { class: "chip" }, t("aims.open")) : h("span", { class: "chip on" }, t("aims.reached", { n: one.days })))), t("aims.none"));

/** Return a line for each result of the last test day, with how many holds met their target. */
export const last = (results) => listed(results.map((one) => h("li", {}, named(one), `: ${testValue(one.best, one.unit)}`,
  one.met === null ? "" : ` · ${t("aims.met", { n: one.met, of: one.n })}`)), t("aims.no_last"));
