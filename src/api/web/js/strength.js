// Foot strength: today's session and its player, where one stands, the ladder, what was done.

import * as aims from "./aims.js";
import { get, of } from "./api.js";
import { changes } from "./changed.js";
import { at, h, put } from "./dom.js";
import { ladder, underLoad } from "./ladder.js";
import { listen } from "./listen.js";
import { day, written } from "./numbers.js";
import { begin, maySee } from "./page.js";
import { play } from "./player.js";
import { send } from "./queue.js";
import { exercise, exerciseName, said } from "./server.js";
import { known, t, within } from "./words.js";

let athlete, catalogue, next, foot;

async function show(row) {
  athlete = row;
  if (maySee(row, "metrics")) listen(row.id, (snapshot) => { foot = Object.values(snapshot.feet ?? {}).find((one) => one.state === "streaming") ?? null; });
  try {
    const [today, all, before, standing] = await Promise.all([get(of(row.id, "today")),
      catalogue ? null : get("/api/v1/exercises"), get(`${of(row.id, "strength-sessions")}?limit=60`), get(of(row.id, "programme"))]);
    catalogue ??= Object.fromEntries(all.items.map((one) => [one.id, one]));
    next = today.next;
    plan();
    stand(standing, before.items, today.day);
    put("before", before.items.length ? before.items.slice(0, 12).map(told) : h("li", { class: "quiet" }, t("strength.no_session")));
    const done = new Set(before.items.flatMap((one) => one.sets.map((set) => set.exercise)));
    put("ladder", ladder(Object.values(catalogue), done, new Set(next.exercises)));
    get(`${of(row.id, "assessments")}?limit=1`).then(({ standing: tested }) => tests(tested), () => {});
  } catch (problem) {
    put("session-title", problem.message);
  }
}

// The dose is today's, decided from what was done before; the rest is the catalogue's.
const exercises = () => next.items.map((item) =>
  ({ ...catalogue[item.exercise], dose: item.decision.dose, said: item.dose, why: item.decision.why })).filter((one) => one.id);

function plan() {
  const all = exercises();
  put("session-title", said(next.title), next.minutes ? `, ${t("strength.about", { n: next.minutes })}` : "");
  put("session-why", said(next.why));
  put("exercises", all.map((one) => h("li", {}, h("b", {}, exercise(one.id, one.name)), " · ", said(one.said),
    one.per_side ? ` ${t("strength.each_side")}` : "", h("br"),
    h("span", { class: "quiet" }, said(one.cues[0]), " ", one.why ? said(one.why) : ""))));
  put("left-out", next.left_out.map((text) => h("p", {}, said(text))));
  at("go").disabled = !all.length;
}

function tests({ aims: ahead, changed, first_aims: begun, last }) {
  put("changes", changes(changed));
  put("last", aims.last(last));
  put("aims", aims.next(ahead));
  put("first-aims", aims.first(begun));
}

function stand({ stand: where, adherence_pct: kept, barefoot, habits }, sessions, today) {
  put("stand", [t("strength.phase", { phase: where.phase, week: where.week }), said(where.stage_name),
    kept === null ? null : t("strength.adherence", { n: written(kept) })].filter(Boolean).flatMap((one, i) => (i ? [" · ", one] : [one])));
  put("missing", where.missing.map((text) => h("li", {}, said(text))));
  const since = Date.parse(today) - 28 * 86_400_000;
  const minutes = underLoad(sessions.filter((one) => Date.parse(one.day) > since));
  put("pillars", Object.entries(minutes).flatMap(([pillar, n]) => [h("dt", {}, t(`pillar.${pillar}`)), h("dd", {}, t("unit.n_min", { n: written(n) }))]));
  put("barefoot", barefoot.flatMap((one) => [h("dt", {}, `${t(`doing.${one.doing}`)}, ${within(known(`surface.${one.surface}`, one.surface))}`),
    h("dd", {}, t("unit.n_min", { n: written(one.minutes) }))]));
  at("barefoot").hidden = !barefoot.length;
  at("no-barefoot").hidden = barefoot.length > 0;
  put("habits", habits.map((text) => h("li", {}, said(text))));
}

function told(session) {
  const names = [...new Set(session.sets.map((set) => exerciseName(set.exercise, catalogue[set.exercise]?.name)))];
  return h("li", {}, h("b", {}, day(session.day)), `: ${t("unit.n_min", { n: written(session.duration_min) })}`,
    names.length ? [", ", within(names.join(", ")), " "] : " ", session.demo ? h("span", { class: "chip demo" }, t("demo")) : null);
}

async function keep(sets, begun) {
  if (!sets.length) return plan();
  const minutes = Math.max(1, Math.round((Date.now() - begun) / 60_000));
  const pillars = [...new Set(sets.map((set) => catalogue[set.exercise].pillar))];
  try {
    const there = await send(of(athlete.id, "strength-sessions"),
      { started_at: begun.toISOString(), duration_min: minutes, kind: next.kind, pillars, sets });
    put("filed", there ? t("strength.filed", { n: sets.length }) : t("kept"));
  } catch (problem) {
    put("problem", problem.message);
  }
  show(athlete);
}

const sensed = () => (foot?.sway?.roll_deg === undefined || foot.sway.roll_deg === null ? null
  : t("player.sensor", { n: written(Math.hypot(foot.sway.roll_deg, foot.sway.pitch_deg ?? 0), 1) }));

at("go").addEventListener("click", () => play(exercises(), keep, sensed));
begin(show);
