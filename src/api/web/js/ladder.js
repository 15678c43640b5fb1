// The ladder of exercises that one can see: pillar by pillar, what was done, what comes next.

import { h } from "./dom.js";
import { exercise, exerciseName, said } from "./server.js";
import { t } from "./words.js";

const PILLARS = ["mobility", "strength", "stability", "plyometric"];

/** Return the ladder: done are the ids of exercises done before, now those of the next session. */
export function ladder(catalogue, done, now) {
  return PILLARS.map((pillar) => {
    const steps = catalogue.filter((one) => one.pillar === pillar).sort((a, b) => a.level - b.level);
    const climbed = steps.filter((one) => done.has(one.id)).length;
    return h("details", { class: "ladder" },
      h("summary", {}, t(`pillar.${pillar}`), " ", h("span", { class: "chip" }, t("strength.climbed", { n: climbed, of: steps.length }))),
      h("ol", { class: "plain" }, steps.map((one) => h("li", { class: done.has(one.id) ? "done" : now.has(one.id) ? "now" : "" },
        h("b", {}, exercise(one.id, one.name)), ` · ${t("strength.level", { n: one.level })} `,
        now.has(one.id) ? h("span", { class: "chip on" }, t("strength.in_next")) : done.has(one.id) ? h("span", { class: "chip" }, t("strength.done")) : "",
        h("br"), h("span", { class: "quiet" }, said(one.said), one.harder ? [" · ", t("strength.leads", { name: exerciseName(one.harder) })] : "")))));
  });
}

/** Return the minutes under load of each pillar in sessions, shared evenly among their pillars. */
export function underLoad(sessions) {
  const minutes = Object.fromEntries(PILLARS.map((pillar) => [pillar, 0]));
  for (const one of sessions) for (const pillar of one.pillars) minutes[pillar] += one.duration_min / one.pillars.length;
  return minutes;
}
