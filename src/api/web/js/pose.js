// A pose at the beginning: stand still for some seconds, and the page says whether one did.

import { speak } from "./cues.js";
import { t } from "./words.js";

const SECONDS = 5;

/** Count a pose down; mark(what) writes its ends into the recording, steps() counts contacts, tell(text) shows. */
export async function pose({ mark, steps, tell }) {
  await mark("pose begins");
  const before = steps();
  let moved = false;
  speak(t("pose.still"));
  for (let left = SECONDS; left > 0; left -= 1) {
    moved ||= steps() > before;
    tell(t(moved ? "pose.moved" : "pose.left", { n: left }));
    await new Promise((go) => setTimeout(go, 1000));
  }
  moved ||= steps() > before;
  await mark("pose ends");
  tell(t(moved ? "pose.again" : "pose.done"));
  speak(t(moved ? "pose.again" : "pose.done"));
}
