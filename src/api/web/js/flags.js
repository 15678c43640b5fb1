// Flags with their evidence, and what a person can answer.

import { of, post } from "./api.js";
import { h, put, s, say } from "./dom.js";
import { day, grade, written } from "./numbers.js";

const SEVERITY = { info: "For information", notice: "Notice", caution: "Caution", stop: "Stop" };
const SHAPES = { // a shape for each, so that colour is never alone
  info: "M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1zm-1 6v5h2V7zm0-3v2h2V4z",
  notice: "M8 1l7.500 14H.5zM7 6v4h2V6zm0 5v2h2v-2z",
  caution: "M8 0l8 8-8 8-8-8zM7 4v5h2V4zm0 6v2h2v-2z",
  stop: "M5 0h6l5 5v6l-5 5H5l-5-5V5zM4 7v2h8V7z",
};
const TIERS = {
  1: "Evidence: a cohort study or trial of runners",
  2: "Evidence: coaching practice",
  3: "Evidence: a rule of thumb",
};
const ANSWERS = {
  seen: "Seen",
  acted: "I acted on it",
  not_true: "Not true for me",
  hide_7_days: "Hide for 7 days",
};

export const severity = (name) => SEVERITY[name] ?? name;

/** Return a severity's shape. */
export const shape = (name, props = {}) =>
  s("svg", { viewBox: "0 0 16 16", "aria-hidden": "true", ...props },
    s("path", { d: SHAPES[name] ?? SHAPES.info, fill: "currentColor", "fill-rule": "evenodd" }));

export const path = (name) => SHAPES[name] ?? SHAPES.info;

/** Show today's flags, gravest first, with the newest answer to each. */
export function flags(athlete, { day: today, flags: found, more_flags: more }, given) {
  const answered = (flag) => given.find((a) => a.rule === flag.rule && a.first_day === flag.first_day);
  const hidden = (flag) => {
    const answer = answered(flag);
    return answer?.answer === "hide_7_days" && days(answer.at.slice(0, 10), today) < 7;
  };
  const open = found.filter((flag) => !hidden(flag));
  const rest = found.length - open.length;
  put("flags",
    open.map((flag) => one(athlete, flag, answered(flag))),
    open.length ? [] : h("p", { class: "quiet" }, "No flag to look at. Catfoot compares with your own usual, "
      + "so it needs a few weeks of runs before it says much."),
    rest ? h("p", { class: "since" }, `${rest} hidden by your answer for seven days.`) : [],
    more ? h("p", { class: "since" }, `${more} more on the timeline.`) : []);
}

const days = (from, to) => (Date.parse(to) - Date.parse(from)) / 86_400_000;

/** Return the card of one flag, told to the runner or to the coach. */
export function one(athlete, flag, answer, reader = "runner") {
  return h("article", { class: "flag", data: { severity: flag.severity, rule: flag.rule } },
    h("h3", {}, h("span", { class: "severity" }, shape(flag.severity), severity(flag.severity)), flag.title),
    h("p", {}, flag[reader]),
    h("p", { class: "since" }, `Since ${day(flag.first_day)}`),
    h("details", {}, h("summary", {}, "Why catfoot says so"), evidence(flag)),
    flag.action && !flag[reader].includes(flag.action) ? h("p", {}, h("b", {}, "What the plan does: "), flag.action) : null,
    answers(athlete, flag, answer),
    h("p", { class: "footer" }, flag.footer));
}

function evidence(flag) {
  const rows = flag.because.map((b) =>
    h("tr", {}, h("td", {}, b.what), h("td", { class: "n" }, number(b.number, b.unit)),
      h("td", { class: "n" }, b.usual === null ? "–" : number(b.usual, b.unit)), h("td", { class: "n" }, String(b.n))));
  return [
    h("div", { class: "scroll" }, h("table", {},
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "What"), h("th", { scope: "col", class: "n" }, "This time"),
        h("th", { scope: "col", class: "n" }, "Your usual"), h("th", { scope: "col", class: "n" }, "From"))),
      h("tbody", {}, rows))),
    h("p", { class: "since" }, `${TIERS[flag.tier] ?? ""}. Data ${grade(flag.grade)}. Rule ${flag.rule}, version ${flag.version}.`),
  ];
}

const number = (n, unit) => `${written(n, Number.isInteger(n) || Math.abs(n) >= 100 ? 0 : 1)} ${unit}`.trim();

function answers(athlete, flag, given) {
  const place = h("div", { class: "answers", role: "group", "aria-label": `Your answer to: ${flag.title}` });
  const buttons = Object.entries(ANSWERS).map(([answer, text]) =>
    h("button", { type: "button", onclick: () => send(answer, text) }, text));
  place.append(...buttons);
  const noted = (text) => place.replaceChildren(h("p", { class: "answered" }, `✓ Your answer: ${text}.`));
  if (given) noted(ANSWERS[given.answer]);

  async function send(answer, text) {
    buttons.forEach((b) => { b.disabled = true; });
    try {
      await post(of(athlete, "flag-answers"), { rule: flag.rule, first_day: flag.first_day, answer });
      noted(text);
      say(`Noted: ${text}`);
    } catch (problem) {
      buttons.forEach((b) => { b.disabled = false; });
      place.append(h("p", { class: "problem", role: "alert" }, problem.message));
    }
  }
  return place;
}
