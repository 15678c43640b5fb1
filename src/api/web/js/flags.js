// Flags with their evidence, and what a person can answer.

import { of, post } from "./api.js";
import { h, put, s, say } from "./dom.js";
import { day, grade, written } from "./numbers.js";
import { flagTitle, plainly, said } from "./server.js";
import { known, t } from "./words.js";

const SHAPES = { // a shape for each, so that colour is never alone
  info: "M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1zm-1 6v5h2V7zm0-3v2h2V4z",
  notice: "M8 1l7.500 14H.5zM7 6v4h2V6zm0 5v2h2v-2z",
  caution: "M8 0l8 8-8 8-8-8zM7 4v5h2V4zm0 6v2h2v-2z",
  stop: "M5 0h6l5 5v6l-5 5H5l-5-5V5zM4 7v2h8V7z",
};
const ANSWERS = ["seen", "acted", "not_true", "hide_7_days"];

export const severity = (name) => known(`severity.${name}`, name);
export const path = (name) => SHAPES[name] ?? SHAPES.info;

/** Return a severity's shape. */
export const shape = (name, props = {}) =>
  s("svg", { viewBox: "0 0 16 16", "aria-hidden": "true", ...props },
    s("path", { d: path(name), fill: "currentColor", "fill-rule": "evenodd" }));

/** Show today's flags, gravest first, with the newest answer to each. */
export function flags(athlete, { day: today, flags: found, more_flags: more }, given, { answers = true } = {}) {
  const answered = (flag) => given.find((a) => a.rule === flag.rule && a.first_day === flag.first_day);
  const hidden = (flag) => {
    const answer = answered(flag);
    return answer?.answer === "hide_7_days" && days(answer.at.slice(0, 10), today) < 7;
  };
  const open = found.filter((flag) => !hidden(flag));
  const rest = found.length - open.length;
  put("flags",
    open.map((flag) => one(athlete, flag, answered(flag), { answers })),
    open.length ? [] : h("p", { class: "quiet" }, t("flags.none")),
    rest ? h("p", { class: "since" }, t("flags.hidden", { n: rest })) : [],
    more ? h("p", { class: "since" }, t("flags.more", { n: more })) : []);
}

const days = (from, to) => (Date.parse(to) - Date.parse(from)) / 86_400_000;

/** Return the card of one flag, told to the runner or to the coach; reading alone has no answers. */
export function one(athlete, flag, answer, { reader = "runner", answers = true } = {}) {
  return h("article", { class: "flag", data: { severity: flag.severity, rule: flag.rule } },
    h("h3", {}, h("span", { class: "severity" }, shape(flag.severity), severity(flag.severity)), flagTitle(flag)),
    h("p", {}, said(flag[reader])),
    h("p", { class: "since" }, t("flags.since", { day: day(flag.first_day) })),
    h("details", {}, h("summary", {}, t("flags.why")), evidence(flag)),
    flag.action && !flag[reader].includes(flag.action) ? h("p", {}, h("b", {}, t("flags.plan")), " ", said(flag.action)) : null,
    answers ? buttons(athlete, flag, answer) : answer ? h("p", { class: "answered" }, noted(answer.answer)) : null,
    h("p", { class: "footer" }, said(flag.footer)));
}

const noted = (answer) => t("flags.answered", { answer: known(`answer.${answer}`, answer) });

function evidence(flag) {
  const rows = flag.because.map((b) =>
    h("tr", {}, h("td", {}, said(b.what)), h("td", { class: "n" }, number(b.number, b.unit)),
      h("td", { class: "n" }, b.usual === null ? "–" : number(b.usual, b.unit)), h("td", { class: "n" }, String(b.n))));
  return [
    h("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": t("flags.why") }, h("table", {},
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("flags.what")), ["this_time", "your_usual", "from"].map((name) =>
        h("th", { scope: "col", class: "n" }, t(`flags.${name}`))))),
      h("tbody", {}, rows))),
    h("p", { class: "since" }, known(`tier.${flag.tier}`, ""), " ",
      t("flags.rule", { grade: grade(flag.grade), rule: flag.rule, version: [flag.version, flag.settings].filter(Boolean).join(", ") })),
  ];
}

const number = (n, unit) => `${written(n, Number.isInteger(n) || Math.abs(n) >= 100 ? 0 : 1)} ${plainly(unit)}`.trim();

function buttons(athlete, flag, given) {
  const place = h("div", { class: "answers", role: "group", "aria-label": t("flags.answer_to", { title: flag.title }) });
  const all = ANSWERS.map((answer) =>
    h("button", { type: "button", data: { answer }, onclick: () => send(answer) }, t(`answer.${answer}`)));
  place.append(...all);
  const done = (answer) => place.replaceChildren(h("p", { class: "answered", tabindex: -1 }, noted(answer)));
  if (given) done(given.answer);

  async function send(answer) {
    all.forEach((b) => { b.disabled = true; });
    try {
      await post(of(athlete, "flag-answers"), { rule: flag.rule, first_day: flag.first_day, answer, severity: flag.severity });
      done(answer);
      place.firstChild.focus();
      say(noted(answer));
    } catch (problem) {
      all.forEach((b) => { b.disabled = false; });
      place.append(h("p", { class: "problem", role: "alert" }, problem.message));
    }
  }
  return place;
}
