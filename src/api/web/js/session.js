// A foot session as a row of sets to do, one after the other.

/** Return the sets of exercises [{id, name, dose, per_side, ...}] in the order they are done. */
export function setsOf(exercises) {
  return exercises.flatMap((exercise) => {
    const sides = exercise.per_side ? ["left", "right"] : ["both"];
    return Array.from({ length: exercise.dose.sets }, (_, i) =>
      sides.map((side) => ({ exercise, side, number: i + 1, of: exercise.dose.sets }))).flat();
  });
}

/** Return how long a set takes where its dose says so, else null: then a tap ends it. */
export function seconds({ exercise: { dose, tempo } }) {
  if (dose.duration_s !== null) return dose.duration_s;
  if (dose.hold_s !== null) return dose.hold_s * (dose.reps ?? 1);
  if (tempo && dose.reps !== null) return dose.reps * (tempo.down_s + tempo.pause_s + tempo.up_s);
  return null;
}

/** Return the seconds between two beats of the metronome, or null where it keeps quiet. */
export function beat({ exercise: { dose, tempo } }) {
  if (tempo) return tempo.down_s + tempo.pause_s + tempo.up_s;
  return dose.hold_s !== null && (dose.reps ?? 1) > 1 ? dose.hold_s : null;
}

/** Return the entry of a set that was done, as it was done. */
export function performed({ exercise, side }, said = {}) {
  const set = { exercise: exercise.id, side };
  for (const name of ["reps", "hold_s", "duration_s", "contacts", "distance_m"]) {
    if (exercise.dose[name] !== null) set[name] = exercise.dose[name];
  }
  if (exercise.dose.resistance !== "none") set.resistance = exercise.dose.resistance;
  return { ...set, ...said };
}
