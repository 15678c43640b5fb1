// The drills there are: the exercise each files under, and what must be given before it starts.

// A drill without firm floor or open eyes needs something to hold on to; `supported` is the
// version that a person is offered who felt unsteady.
const KINDS = [
  { id: "single_leg_stand", closes: true, supported: "chair_stand" },
  { id: "chair_stand" },
  { id: "eyes_closed_stand", support: true, closed: true, supported: "single_leg_stand" },
  { id: "foam_stand", support: true, closes: true, supported: "single_leg_stand" },
  { id: "board_stand", support: true, supported: "foam_stand" },
  { id: "perturbed_stand", support: true, supported: "single_leg_stand" },
  { id: "quiet_drop_landing", contacts: 5, locked: ["F03", "F05", "F07"] },
  { id: "hops_in_place", contacts: 10, locked: ["F03", "F05", "F07"] },
];

/** Return every drill, those of today's session first and with its dose. */
export function drillsFor(next) {
  const today = Object.fromEntries((next?.items ?? []).map((item) => [item.exercise, item]));
  const all = KINDS.map((kind) => {
    const dose = today[kind.id]?.decision.dose;
    return { ...kind, today: Boolean(dose), target_s: dose?.hold_s ?? dose?.duration_s ?? null,
      contacts: kind.contacts ? dose?.contacts ?? kind.contacts : null };
  });
  return [...all.filter((kind) => kind.today), ...all.filter((kind) => !kind.today)];
}

/** Return the first flag that locks a drill today, or null. */
export const lockOf = (kind, flags) => flags.find((flag) => kind.locked?.includes(flag.rule)) ?? null;

/** Return the version of a drill that is easier to stand, or null where it is the easiest. */
export const supported = (kind, all) => all.find((other) => other.id === kind.supported) ?? null;

/** Whether something to hold on to must be within reach before it starts. */
export const needsSupport = (kind, eyesClosed) => Boolean(kind.support) || eyesClosed;
