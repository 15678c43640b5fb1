// What stands on today's page below its first words: it may come a moment later.

import { at, h, put } from "./dom.js";
import { figures } from "./figures.js";
import { flags } from "./flags.js";
import { lastRun } from "./lastrun.js";
import { live } from "./live.js";
import { label } from "./numbers.js";
import { link, maySee, mayWrite } from "./page.js";
import { said } from "./server.js";
import { timeline } from "./timeline10.js";
import { upload } from "./upload.js";
import { t } from "./words.js";

// A recording that has ended is measured by another process; this is when it may be done.
const SOON_MS = [1500, 4000, 8000, 16_000, 40_000];

let stopLive = () => {};

/** Follow an athlete's pods; refresh() is called when what they recorded may be measured. */
export function follow(athlete, refresh) {
  for (const id of ["flags-demo", "timeline-demo"]) at(id).hidden = !athlete.demo;
  stopLive();
  stopLive = maySee(athlete, "metrics") ? live(athlete.id, () => SOON_MS.forEach((ms) => setTimeout(refresh, ms))) : () => {};
}

/** Show everything of an athlete's day but its first words. */
export function fill(athlete, { today, run, ten, answers, programme }) {
  flags(athlete.id, today, answers.items, { answers: mayWrite(athlete) });
  lastRun(run, today.numbers, run && link("/run", athlete, { run: run.id }));
  missing(athlete, today.numbers, run);
  figures(programme);
  timeline("timeline", ten.days);
}

/** What could not be measured is a matter of what one owns. */
function missing(athlete, numbers, run) {
  const none = run ? numbers.filter((one) => one.value === null) : [];
  const why = [...new Set(none.flatMap((one) => one.reasons))];
  put("missing", none.length ? [t("today.missing", { what: none.map((one) => label(one.name)).join(", ") }), why.length ? [" (", why.flatMap((text, i) => [i ? "; " : "", said(text)]), ")"] : "", " ",
    h("a", { href: `${link("/devices", athlete)}#own-title` }, t("owned.title"))] : []);
}

/** Take files anywhere on the page for whoever athlete() says; stored() is called after each. */
export const dropping = (athlete, stored) => upload(() => {
  const now = athlete();
  return now && mayWrite(now) ? now.id : null;
}, stored);
