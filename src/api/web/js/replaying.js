// A stored run shown as live: whoever watches sees it as it was, and nothing of it is kept.

import { of, post, remove } from "./api.js";
import { at, h, put } from "./dom.js";
import { link, mayWrite } from "./page.js";
import { t } from "./words.js";

const RADIO = "pod recording"; // only what came over the radio can be shown

/** Offer to show a run as live, where a pod recorded it. */
export function replaying(athlete, run) {
  const path = of(athlete.id, "runs", run.id, "replay");
  at("replay").hidden = !mayWrite(athlete) || !run.recordings.some((one) => one.format === RADIO);
  put("replay-says");
  const told = async (act, ...said) => {
    try {
      await act();
      put("replay-says", ...said);
    } catch (problem) {
      put("replay-says", problem.message);
    }
  };
  const stop = h("button", { type: "button", onclick: () => told(() => remove(path), t("replay.stopped")) }, t("replay.stop"));
  at("replay-do").onclick = () => told(() => post(path, { speed: Number(at("replay-speed").value) }),
    t("replay.shown"), " ", h("a", { href: link("/", athlete) }, t("replay.see")), " ", stop);
}
