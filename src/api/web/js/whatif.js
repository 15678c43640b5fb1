// What another plan would lead to, asked of the server; nothing is written down.

import { of, post } from "./api.js";
import { t } from "./words.js";

/** Return what to say if `plan` were `moved`: new flags and clashes, in sentences. */
export async function imagine(athlete, plan, moved) {
  try {
    const told = await post(of(athlete.id, "what-if"), { runs: [moved], without_plans: [plan.id] });
    return [...told.new.map((flag) => `${flag.title}: ${flag.runner}`), ...told.conflicts.map((one) => one.text)].filter(Boolean);
  } catch (problem) {
    return [problem.status === 404 ? t("plan.unknown") : problem.message];
  }
}
