// What every page does first: find out whose it is, and show that.

import { get } from "./api.js";
import { at, h } from "./dom.js";
import { keepOffline } from "./offline.js";
import { t } from "./words.js";

const CHOSEN = "catfoot.athlete";

/** Return the id of whose page this was last time, or is asked for; null where nobody knows. */
export const before = () => asked("athlete") ?? localStorage.getItem(CHOSEN);

/** Return the part of the address after "?" by name. */
export const asked = (name) => new URLSearchParams(location.search).get(name);

/** Return an address of this server that keeps the athlete. */
export const link = (path, athlete, more = {}) =>
  `${path}?${new URLSearchParams({ athlete: athlete.id, ...more })}`;

/** Whether the person here may write for an athlete; reading alone shows no buttons that write. */
export const mayWrite = (athlete) => athlete.may_write !== false;

/** Whether an athlete lets the person here see a kind of their data. */
export const maySee = (athlete, kind) => athlete.shares?.includes(kind) ?? true;

/**
 * Call show(athlete, me) for the athlete of this page, and again when another is chosen.
 * Without anybody to show, nobody(me) is called. Returns the athlete.
 */
export async function begin(show, nobody = () => { location.replace("/start"); }, wanted = null) {
  keepOffline();
  menu();
  const [{ items }, me] = await Promise.all([get("/api/v1/athletes"), get("/api/v1/me")]);
  // Nobody to compare with; its place stays, so that nothing moves.
  document.querySelector("nav a[href^='/team']").style.visibility = items.length < 2 ? "hidden" : "";
  if (!items.some((row) => row.id === localStorage.getItem(CHOSEN))) remember(null); // not shared any more
  if (!items.length) return nobody(me);
  const id = wanted ?? before();
  const one = items.find((row) => row.id === id) ?? items.find((row) => row.id === me.athlete) ?? items[0];
  const choice = at("athlete");
  choice.replaceChildren(...items.map((row) => h("option", { value: row.id },
    row.demo && !row.name.includes("demo") ? t("frame.name_demo", { name: row.name }) : row.name)));
  choice.value = one.id;
  choice.disabled = false;
  choice.onchange = () => change(items.find((row) => row.id === choice.value), show, me);
  change(one, show, me);
  return one;
}

/** Keep whose page this was, here and where the server sees it: it lets the browser ask ahead. */
function remember(id) {
  if (id === null) localStorage.removeItem(CHOSEN);
  else localStorage.setItem(CHOSEN, id);
  document.cookie = `catfoot_athlete=${encodeURIComponent(id ?? "")}; path=/; max-age=${id === null ? 0 : 31536000}; samesite=strict`;
}

function change(athlete, show, me) {
  remember(athlete.id);
  at("demo").hidden = !athlete.demo;
  at("main").dataset.athlete = athlete.name; // on paper, where the choice of athletes is not
  for (const a of document.querySelectorAll("nav a, a.keep")) {
    a.href = `${a.pathname}?${new URLSearchParams({ athlete: athlete.id })}`;
  }
  document.body.classList.toggle("reading", !mayWrite(athlete));
  show(athlete, me);
}

/** The menu of further pages closes by Escape, and by a tap beside it. */
function menu() {
  const more = document.querySelector("nav .more");
  addEventListener("keydown", (e) => {
    if (e.key !== "Escape" || !more.open) return;
    more.open = false;
    more.querySelector("summary").focus();
  });
  addEventListener("pointerdown", (e) => { if (!more.contains(e.target)) more.open = false; });
}
