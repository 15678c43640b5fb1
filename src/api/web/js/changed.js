// What a test says changed, beyond the error of measuring (MDC).

import { h } from "./dom.js";
import { written } from "./numbers.js";
import { testName, testUnit, testValue } from "./testname.js";
import { t } from "./words.js";

/** Return the line of one change, or one line that there is none. */
export const changes = (changed) => (changed.length ? changed.map(one) : h("li", { class: "quiet" }, t("strength.no_changes")));

const one = ({ test, side, before, after, unit, verdict, mdc }) => h("li", {},
  h("b", {}, `${testName(test)}, ${t(`side.${side}`)}`), `: ${written(before, Number.isInteger(before) ? 0 : 1)} → ${testValue(after, unit)} `,
  h("span", { class: `chip ${verdict === "better" ? "on" : ""}` }, t(`verdict.${verdict.replaceAll(" ", "_")}`)), " ",
  h("span", { class: "quiet" }, t("strength.mdc", { n: written(mdc, Number.isInteger(mdc) ? 0 : 1), unit: testUnit(unit) })));
