// A battery of tests as it is done: side by side, try by try, with the clock where time counts.

import { Tone, awake, speak } from "./cues.js";
import { at, h, put, setText } from "./dom.js";
import { written } from "./numbers.js";
import { said } from "./server.js";
import { testName, testUnit } from "./testname.js";
import { t } from "./words.js";

const LEAD_S = 3;
const TIMED = /up to (\d+) s|in (\d+) s/; // as the catalogue says how long a test lasts

/** Return every try of a battery in order: {test, side, number, of}. */
export function triesOf(tests) {
  return tests.filter((test) => test.unit !== "run").flatMap((test) =>
    (test.per_side ? ["left", "right"] : ["both"]).flatMap((side) =>
      Array.from({ length: test.trials }, (_, i) => ({ test, side, number: i + 1, of: test.trials }))));
}

/** Return the seconds after which a test ends by itself, null where a person says when. */
export const limit = ({ title }) => {
  const found = TIMED.exec(title);
  return found ? Number(found[1] ?? found[2]) : null;
};

/** Guide through tests; done(trials) hears once of all that were taken. */
export function guide(tests, done) {
  const tone = new Tone();
  const say = (text) => at("voice").checked && speak(text);
  let queue = triesOf(tests), trials = [], clock, sleep;

  async function open() {
    tone.unlock(); // inside the tap
    at("plan").hidden = true;
    at("player").hidden = false;
    sleep = await awake();
    next();
  }

  function next() {
    clearInterval(clock);
    if (!queue.length) return finish();
    const { test, side, number, of } = queue[0];
    put("test", testName(test.name));
    put("progress", t("tests.progress", { side: t(`side.${side}`), n: number, of, left: queue.length }));
    put("how", said(test.title));
    put("result-unit", t("tests.result", { unit: testUnit(test.unit) }));
    at("result").value = "";
    at("clean").checked = true;
    put("clock", "");
    say(`${testName(test.name)}. ${side === "both" ? "" : t(`foot.${side}`)}`);
    const timed = test.unit === "s" || limit(test) !== null;
    buttons([...(timed ? [["tests.clock", run, "main"]] : []), ["tests.keep", keep, timed ? "" : "main"], ["tests.skip", skip], ["player.quit", finish]]);
    at("result").focus();
  }

  function run() {
    const { test } = queue[0];
    const most = limit(test);
    buttons([["tests.stop", () => halt(), "main huge"]]);
    const starts = performance.now() + LEAD_S * 1000;
    let last = null;
    clock = setInterval(() => {
      const s = (performance.now() - starts) / 1000;
      const whole = Math.ceil(-s);
      if (s < 0) {
        if (whole !== last) { tone.beep(550); last = whole; }
        setClock(whole, "");
        return;
      }
      if (last !== 0) { tone.beep(880, 0.3); last = 0; }
      setClock(most === null ? s : Math.min(s, most), " s");
      if (most !== null && s >= most) halt(most);
    }, 50);
    const halt = (time = null) => {
      clearInterval(clock);
      tone.beep(440, 0.4);
      const s = time ?? Math.max(0, (performance.now() - starts) / 1000);
      if (test.unit === "s") at("result").value = s.toFixed(1);
      buttons([["tests.keep", keep, "main huge"], ["tests.again", run], ["tests.skip", skip]]);
      at("result").focus();
    };
  }

  function setClock(s, unit) {
    if (!at("clock").firstChild) put("clock", "", h("span", { class: "unit" }, unit));
    setText(at("clock"), `${written(s, unit ? 1 : 0)}${unit}`);
  }

  function keep() {
    const { test, side } = queue[0];
    const value = at("result").value === "" ? NaN : Number(at("result").value);
    if (!Number.isFinite(value) || value < 0) return at("result").focus();
    trials.push({ test: test.name, value, unit: test.unit, side, clean: at("clean").checked });
    queue.shift();
    next();
  }

  function skip() {
    const { test, side } = queue[0];
    queue = queue.filter((one) => one.test !== test || one.side !== side);
    next();
  }

  function finish() {
    clearInterval(clock);
    sleep?.();
    at("player").hidden = true;
    at("plan").hidden = false;
    done(trials);
    trials = [];
  }

  const buttons = (all) => put("taps", all.map(([name, action, kind = ""]) =>
    h("button", { type: "button", class: kind, onclick: action }, t(name))));
  at("result").onkeydown = (e) => { if (e.key === "Enter") keep(); };
  open();
}
