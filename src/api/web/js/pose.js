// A pose at the beginning: stand still for some seconds, and the page says whether one did.

import { speak } from "./cues.js";
import { written } from "./numbers.js";
import { t } from "./words.js";

const SECONDS = 5;
const STEPS = 5; // looks a second
const STILL_DEGPS = 20; // who stands turns the foot less; the same bound opens a balance drill

/** Count a pose down; mark(what) writes its ends into the recording, motion() is {steps, degps}, tell(text) shows. */
export async function pose({ mark, motion, tell }) {
  await mark("pose begins");
  const before = motion().steps;
  let moved = false;
  speak(t("pose.still"));
  for (let left = SECONDS; left > 0; left -= 1) {
    for (let i = 0; i < STEPS; i += 1) {
      const { steps, degps } = motion();
      const moves = steps > before || (degps ?? 0) > STILL_DEGPS;
      moved ||= moves;
      tell(`${t(moved ? "pose.moved" : "pose.left", { n: left })} ${degps === null ? "" : t(moves ? "pose.turns" : "pose.is_still", { n: written(degps) })}`);
      await new Promise((go) => setTimeout(go, 1000 / STEPS));
    }
  }
  await mark("pose ends");
  tell(t(moved ? "pose.again" : "pose.done"));
  speak(t(moved ? "pose.again" : "pose.done"));
}
