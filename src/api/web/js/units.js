// How this person reads distance and pace: kept on this device, for every page.

const UNITS = "catfoot.units";
const PACE = "catfoot.pace";
export const MILE_M = 1609.344;

export const imperial = () => localStorage.getItem(UNITS) === "imperial";

/** Return the metres that a pace is told over. */
export const paceOver = () => ((localStorage.getItem(PACE) ?? (imperial() ? "mi" : "km")) === "mi" ? MILE_M : 1000);

/** Remember how to tell distances ("metric", "imperial") and pace ("km", "mi"). */
export function choose({ units = null, pace = null }) {
  if (units) localStorage.setItem(UNITS, units);
  if (pace) localStorage.setItem(PACE, pace);
}
