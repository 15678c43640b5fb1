// The last run in one sentence, in this person's language and units.

import { LONG_DAY, day, km, label, pace, unit, value } from "./numbers.js";
import { imperial } from "./units.js";
import { language, t } from "./words.js";

/** Return the sentence of today's answer; the server's own where it fits. */
export function sentence(today, run) {
  if (language === "en" && !imperial()) return today.sentence;
  if (!run) return t("sentence.none");
  const ago = Math.round((Date.parse(today.day) - Date.parse(run.day)) / 86_400_000);
  const when = ago === 0 ? t("sentence.today") : ago === 1 ? t("sentence.yesterday") : day(run.day, LONG_DAY);
  const apart = today.numbers.find((n) => n.standing === "above" || n.standing === "below");
  const end = apart
    ? t(`sentence.${apart.standing}`, { what: label(apart.name), value: value(apart.name, apart.value),
      usual: value(apart.name, apart.usual), unit: unit(apart.name) })
    : t(today.numbers.some((n) => n.standing === "usual") ? "sentence.usual" : "sentence.too_few");
  const speed = run.distance_m && run.duration_s ? run.distance_m / run.duration_s : null;
  return t("sentence.run", { when, end,
    ran: [km(run.distance_m), t("sentence.min", { n: Math.round(run.duration_s / 60) }), pace(speed)].filter(Boolean).join(", ") })
    + (run.demo ? ` (${t("demo")})` : "");
}
