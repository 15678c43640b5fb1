// What the pages can do without a network, and what is missing for it where they cannot.

import { t } from "./words.js";

const CACHED = "catfoot-said"; // the service worker's: what the server said last
const FIRST_MS = 1000; // after the page is seen: what is kept for later can wait
const WARM_MS = 2000; // after what is looked at first

/** Keep pages and last answers on this device, where the browser allows it. */
export function keepOffline() {
  if (!navigator.serviceWorker) return;
  const register = () => navigator.serviceWorker.register("/sw.js").catch(() => {}); // then it is online only
  setTimeout(register, FIRST_MS);
}

/** Fetch, once there is time, what player, check-in and after-run need of an athlete. */
export function warm({ id, shares = null }) {
  const home = `/api/v1/athletes/${encodeURIComponent(id)}`;
  const needed = ["/api/v1/exercises", `${home}/strength-sessions?limit=60`, `${home}/runs?limit=30`];
  if (shares?.includes("check_ins") ?? true) needed.push(`${home}/check-ins?limit=5`);
  if (navigator.serviceWorker?.controller) setTimeout(() => needed.forEach((path) => fetch(path).catch(() => {})), WARM_MS);
}

/** Forget what was kept of people's days: somebody logged out. */
export async function forget() {
  if (window.caches) await caches.delete(CACHED);
}

/** Return what this page lacks, in words; empty where it lacks nothing. */
export function lacks() {
  if (window.isSecureContext) return navigator.serviceWorker ? [] : [t("lacks.worker")];
  return [t("lacks.secure"), t("lacks.offline"), t("lacks.awake"), t("lacks.install")];
}
