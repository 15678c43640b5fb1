// What another plan would lead to, asked of the server; nothing is written down.

import { of, post } from "./api.js";

/** Return what to say if `plan` lay as `moved`: new flags, and clashes with that day. */
export async function imagine(athlete, plan, moved) {
  try {
    const told = await post(of(athlete.id, "what-if"), { runs: [moved], without_ids: [plan.id] });
    // What clashes on other days is no news.
    const clashes = told.conflicts.filter((one) => one.run.day === moved.day);
    // A rule that holds today already may hold anew on that day, for that run.
    const flags = told.flags.filter((flag) => flag.first_day === moved.day || told.new.some((one) => one.rule === flag.rule));
    return [...flags.map((flag) => `${flag.title}: ${flag.runner}`), ...clashes.map((one) => one.text)];
  } catch (problem) {
    return [problem.message];
  }
}
