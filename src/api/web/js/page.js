// What every page does first: find out whose it is, and show that.

import { get } from "./api.js";
import { at, h } from "./dom.js";

const CHOSEN = "catfoot.athlete";

/** Return the part of the address after "?" by name. */
export const asked = (name) => new URLSearchParams(location.search).get(name);

/** Return an address of this server that keeps the athlete. */
export const link = (path, athlete, more = {}) =>
  `${path}?${new URLSearchParams({ athlete: athlete.id, ...more })}`;

/**
 * Call show(athlete) for the athlete of this page, and again when another is chosen.
 * Without anybody to show, nobody(me) is called. Returns the athlete.
 */
export async function begin(show, nobody = () => { location.href = "/"; }, wanted = null) {
  const [{ items }, me] = await Promise.all([get("/api/v1/athletes"), get("/api/v1/me")]);
  at("account").hidden = !me.accounts;
  document.querySelector("nav a[href^='/team']").hidden = items.length < 2; // nobody to compare with
  if (!items.length) return nobody(me);
  const id = wanted ?? asked("athlete") ?? localStorage.getItem(CHOSEN);
  const one = items.find((row) => row.id === id) ?? items[0];
  const choice = at("athlete");
  choice.replaceChildren(...items.map((row) =>
    h("option", { value: row.id }, row.demo && !row.name.includes("demo") ? `${row.name} (demo)` : row.name)));
  choice.value = one.id;
  choice.disabled = false;
  choice.onchange = () => change(items.find((row) => row.id === choice.value), show);
  change(one, show);
  return one;
}

function change(athlete, show) {
  localStorage.setItem(CHOSEN, athlete.id);
  at("demo").hidden = !athlete.demo;
  for (const a of document.querySelectorAll("nav a, a.keep")) {
    a.href = `${a.pathname}?${new URLSearchParams({ athlete: athlete.id })}`;
  }
  show(athlete);
}
