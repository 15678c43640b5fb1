// The week's letter: three sentences at most, the facts under them, and the weeks before.

import { get, of } from "./api.js";
import { at, h, put } from "./dom.js";
import { LONG_DAY, day, km, written } from "./numbers.js";
import { begin } from "./page.js";
import { said } from "./server.js";
import { t } from "./words.js";

const WEEK_MS = 7 * 86_400_000;
let athlete, monday = null;

async function show(row, me) {
  athlete = row;
  monday = null;
  await read();
  coach(me);
}

async function read() {
  try {
    const letter = await get(`${of(athlete.id, "letter")}${monday ? `?week=${monday}` : ""}`);
    monday = letter.monday;
    at("letter-demo").hidden = !letter.demo;
    put("week", t("letter.week", { name: letter.name, day: day(letter.monday, LONG_DAY) }));
    put("sentences", letter.sentences.map((text) => h("p", {}, said(text))));
    put("facts", facts(letter));
    put("footer", said(letter.footer));
  } catch (problem) {
    put("sentences", h("p", {}, problem.status === 404 ? t("letter.none") : problem.message));
    put("facts");
  }
}

/** What the sentences rest on: what was done of what was planned, and what lies ahead. */
function facts({ done, ahead }) {
  const share = (n, of) => (of === null ? written(n) : t("letter.n_of", { n: written(n), of: written(of) }));
  const rows = [["letter.runs", share(done.runs, done.of_runs)], ["letter.distance", km(done.km * 1000)],
    ["letter.sessions", share(done.sessions, done.of_sessions)], ["letter.ahead_runs", written(ahead.runs)],
    ["letter.keys", ahead.keys.map((one) => day(one)).join(", ") || "–"]];
  return [h("dl", { class: "pairs wide" }, rows.map(([key, text]) => [h("dt", {}, t(key)), h("dd", {}, text)])),
    ahead.clashes.length ? h("ul", { class: "notes" }, ahead.clashes.map((text) => h("li", {}, said(text)))) : null].filter(Boolean);
}

async function coach(me) {
  at("coach").hidden = true;
  if (me.accounts && me.role === "athlete") return;
  try {
    const letter = await get("/api/v1/letter");
    const lines = letter.sentences ?? [];
    at("coach").hidden = !lines.length;
    put("coach-text", lines.map((text) => h("p", {}, said(text))));
  } catch {
    at("coach").hidden = true; // nobody shares, or this server writes no letters
  }
}

function turn(weeks) {
  if (!monday) return;
  monday = new Date(Date.parse(`${monday}T12:00:00Z`) + weeks * WEEK_MS).toISOString().slice(0, 10);
  read();
}

at("before-week").addEventListener("click", () => turn(-1));
at("after-week").addEventListener("click", () => turn(1));
at("print").addEventListener("click", () => print());
begin(show);
