// The choices of the voice while running, on the live card.

import { speak } from "./cues.js";
import { at, h, put } from "./dom.js";
import { label } from "./numbers.js";
import { RunVoice } from "./runvoice.js";
import { t } from "./words.js";

const EVERY_MIN = [0, 1, 2, 5, 10];

const voice = new RunVoice((text) => {
  speak(text);
  put("voice-says", text);
});

/** Take a snapshot of a run; nothing is said of a drill here. */
export function hear(snapshot) {
  if (snapshot.mode === "run") voice.update(snapshot.feet ?? {}, performance.now());
}

put("voice-every", EVERY_MIN.map((n) => h("option", { value: n }, n ? t("voice.n_min", { n }) : t("voice.never"))));
put("voice-of", h("option", { value: "" }, t("voice.no_band")), ["cadence", "gct"].map((name) => h("option", { value: name }, label(name))));
at("run-voice").addEventListener("submit", (e) => {
  e.preventDefault();
  voice.every_min = Number(at("voice-every").value);
  const [measure, low, high] = [at("voice-of").value, Number(at("voice-low").value), Number(at("voice-high").value)];
  voice.band(measure && low > 0 && high > low ? { measure, low, high } : null);
  speak(t("voice.on")); // inside the tap: phones keep the voice locked until then
  put("voice-says", t("voice.on"));
});
