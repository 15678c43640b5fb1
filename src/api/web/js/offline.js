// What the pages can do without a network, and what is missing for it where they cannot.

import { t } from "./words.js";

const CACHED = "catfoot-said"; // the service worker's: what the server said last

/** Keep pages and last answers on this device, where the browser allows it. */
export function keepOffline() {
  if (navigator.serviceWorker) navigator.serviceWorker.register("/sw.js").catch(() => {}); // then it is online only
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
