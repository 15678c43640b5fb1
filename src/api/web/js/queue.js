// What was written down reaches the server once, even if the network is gone for a while.

import { Problem, get, patch, post } from "./api.js";

const KEY = "catfoot.waiting";
const REFUSED = "catfoot.refused";
const AGAIN_MS = 20_000;
const LATER = [401, 403, 408, 429]; // not the entry's fault: after a login it may go

const read = (key) => JSON.parse(localStorage.getItem(key) ?? "[]");
const keep = (key, items) => localStorage.setItem(key, JSON.stringify(items));

/** What waits on this device, and what the server did not take: [{path, value, why}]. */
export const waiting = () => read(KEY);
export const refused = () => read(REFUSED);
export const dismiss = () => keep(REFUSED, []);

/** Send, or keep and send later. Returns whether the server has it; throws what it refused. */
export const send = (path, value) => now({ path, value, key: fresh() });

/** Change what is there, now or later, whichever version it has by then. */
export const amend = (path, value) => now({ path, value, amends: true, key: fresh() });

// The same key on every try: the server writes it down once.
const fresh = () => crypto.randomUUID?.() ?? String(Math.random()).slice(2) + Date.now();

async function now(item) {
  try {
    await one(item);
    return true;
  } catch (problem) {
    if (!again(problem)) throw problem;
    keep(KEY, [...waiting(), item]);
    return false;
  }
}

async function one({ path, value, key, amends }) {
  if (!amends) return post(path, value, key);
  return patch(path, value, (await get(path)).version);
}

/** Try again what is waiting; returns how many arrived. */
export async function flush() {
  let arrived = 0;
  for (const item of waiting()) {
    try {
      await one(item);
      arrived += 1;
    } catch (problem) {
      if (again(problem)) break;
      keep(REFUSED, [...refused(), { ...item, why: problem.message }]);
    }
    keep(KEY, waiting().filter((other) => other.key !== item.key));
  }
  return arrived;
}

const again = (problem) =>
  problem instanceof Problem && (problem.status === 0 || problem.status >= 500 || LATER.includes(problem.status));

addEventListener("online", flush);
setInterval(() => { if (waiting().length) flush(); }, AGAIN_MS);
flush();
