// When a number may change the cue, and how the cue is heard.

import { locale } from "./words.js";

/**
 * Levels of a number with hysteresis and dwell: it must stay beyond a level's "up" (or below
 * its "down") for a while before the level changes, so that cues never flutter.
 * levels: [{name}, {name, up, down}, ...] in rising order; dwell in milliseconds.
 */
export class Steady {
  constructor(levels, { riseMs = 150, fallMs = 400 } = {}) {
    Object.assign(this, { levels, riseMs, fallMs, level: 0, since: null, aim: 0 });
  }

  get name() { return this.levels[this.level].name; }

  /** Take the number at a time in ms; return the level's name. */
  update(value, ms) {
    let aim = this.level;
    while (aim + 1 < this.levels.length && value > this.levels[aim + 1].up) aim += 1;
    if (aim === this.level) while (aim > 0 && value < this.levels[aim].down) aim -= 1;
    if (aim === this.level) this.since = null;
    else {
      if (this.since === null || Math.sign(aim - this.level) !== Math.sign(this.aim - this.level)) this.since = ms;
      this.aim = aim;
      if (ms - this.since >= (aim > this.level ? this.riseMs : this.fallMs)) {
        this.level = aim;
        this.since = null;
      }
    }
    return this.name;
  }
}

/** A tone that follows the level: silent when calm, higher and stronger when not. */
export class Tone {
  static PITCH = { calm: [220, 0], moving: [330, 0.05], wobbling: [520, 0.12] };

  /** Must be called in a tap: phones keep sound locked until then. */
  unlock() {
    this.context ??= new AudioContext();
    this.context.resume();
    if (this.oscillator) return;
    this.gain = new GainNode(this.context, { gain: 0 });
    this.oscillator = new OscillatorNode(this.context, { type: "sine", frequency: 220 });
    this.oscillator.connect(this.gain).connect(this.context.destination);
    this.oscillator.start();
  }

  follow(level) {
    if (!this.oscillator) return;
    const [hz, gain] = Tone.PITCH[level] ?? [220, 0];
    const now = this.context.currentTime;
    this.oscillator.frequency.setTargetAtTime(hz, now, 0.05);
    this.gain.gain.setTargetAtTime(gain, now, 0.05);
  }

  beep(hz = 660, s = 0.12) {
    if (!this.context) return;
    const gain = new GainNode(this.context, { gain: 0.12 });
    const one = new OscillatorNode(this.context, { frequency: hz });
    one.connect(gain).connect(this.context.destination);
    one.start();
    one.stop(this.context.currentTime + s);
  }

  stop() { this.follow("calm"); }
}

/** Say a word aloud, where the browser can. */
export function speak(text) {
  if (!("speechSynthesis" in window)) return;
  speechSynthesis.cancel();
  speechSynthesis.speak(Object.assign(new SpeechSynthesisUtterance(text), { lang: locale, rate: 1.1 }));
}

/** Keep the screen awake; returns a function that lets it sleep, or null where it cannot. */
export async function awake() {
  let lock;
  try {
    lock = await navigator.wakeLock.request("screen");
  } catch {
    return null;
  }
  // Browsers let the screen sleep whenever a page was hidden, and ask to be asked again.
  const again = async () => {
    if (document.visibilityState === "visible") lock = await navigator.wakeLock.request("screen").catch(() => lock);
  };
  document.addEventListener("visibilitychange", again);
  return () => {
    document.removeEventListener("visibilitychange", again);
    lock.release();
  };
}
