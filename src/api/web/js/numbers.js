// What every number is called, how it is written, and what it means, in plain words.

import { MILE_M, imperial, paceOver } from "./units.js";
import { known, locale, t } from "./words.js";

const DIGITS = { duty: 1, strike_spread: 1, roll_spread: 1, eversion: 1, eversion_drift: 1, ml_excursion: 1, clipped: 1, gct_drift: 1,
  duty_drift: 1, gct_fade: 1, uphill: 1, downhill: 1, shock: 1, strike: 1, stride: 2, step: 2, speed: 2, gct_balance: 1, leg_stiffness: 1 };

export const label = (name) => known(`measure.${name}`, name.replaceAll("_", " "));
export const what = (name) => known(`measure.${name}.what`, "");
export const grade = (letter) => known(`grade.${letter}`, t("grade.X"));
export const digits = (name) => DIGITS[name] ?? 0;

/** Return the unit that a measure is shown in. */
export function unit(name) {
  if (name === "speed") return t(paceOver() === MILE_M ? "unit.min_mi" : "unit.min_km");
  if (name === "vertical_oscillation") return t(imperial() ? "unit.in" : "unit.mm");
  if (name === "stride" || name === "step") return t(imperial() ? "unit.ft" : "unit.m");
  return known(`unit.of.${name}`, "");
}

/** Return what a measure is called, with its unit. */
export const titled = (name) => [label(name), unit(name)].filter(Boolean).join(", ");

/** Return a number as people write it, or a dash where it is not known. */
export function written(value, digits = 0) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  return value.toLocaleString(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Return the value of a measure as people write it, in unit(name). */
export function value(name, number) {
  if (number === null || number === undefined) return "–";
  if (name === "speed") return paced(number);
  if (name === "vertical_oscillation" && imperial()) return written(number / 25.4, 1);
  if ((name === "stride" || name === "step") && imperial()) return written(number / 0.3048, 1);
  return written(number, digits(name));
}

function paced(mps) {
  const s = Math.round(paceOver() / mps);
  return Number.isFinite(s) && s < 3600 ? `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}` : "–";
}

/** Return a speed as a pace with its unit, null where it is not known. */
export const pace = (mps) => (mps ? `${paced(mps)} ${unit("speed")}` : null);

/** Return seconds as 47:10 or 1:02:33. */
export function duration(s) {
  const whole = Math.round(s ?? 0);
  const parts = [Math.floor(whole / 60) % 60, whole % 60].map((n) => String(n).padStart(2, "0"));
  const hours = Math.floor(whole / 3600);
  return hours ? `${hours}:${parts.join(":")}` : `${Number(parts[0])}:${parts[1]}`;
}

/** Return a distance as people say it, null where it is not known. */
export function km(m) {
  if (m === null || m === undefined) return null;
  if (imperial()) return m < MILE_M / 10 ? t("unit.n_ft", { n: written(m / 0.3048) }) : t("unit.n_mi", { n: written(m / MILE_M, 1) });
  return m < 1000 ? t("unit.n_m", { n: written(m) }) : t("unit.n_km", { n: written(m / 1000, 1) });
}

/** Return a day of the athlete's own, "2026-03-01", in words. */
export function day(text, options = { weekday: "short", day: "numeric", month: "short" }) {
  return new Date(`${text}T12:00:00Z`).toLocaleDateString(locale, { ...options, timeZone: "UTC" });
}

export const LONG_DAY = { weekday: "long", day: "numeric", month: "long" };

/** Return bytes as people write them. */
export function bytes(n) {
  if (n < 1000) return `${n} B`;
  return n < 1e6 ? `${written(n / 1e3)} kB` : `${written(n / 1e6, 1)} MB`;
}
