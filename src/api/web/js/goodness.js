// How good a number is for the sensor that gave it, as the server's table of measures says.

import { get } from "./api.js";
import { h } from "./dom.js";
import { written } from "./numbers.js";
import { said } from "./server.js";
import { t } from "./words.js";

/** Return good(measure) of a run: what is known of its error for the sensor that watched. */
export async function goodness(run) {
  const [one] = run.recordings;
  if (!one) return () => null;
  const raw = one.rate_hz !== null && one.rate_hz > 10; // a watch tells a number a second
  const query = new URLSearchParams(raw ? { family: "pod", rate_hz: one.rate_hz, place: one.place } : { family: "device" });
  const { items } = await get(`/api/v1/measures?${query}`);
  return ({ name, key }) => {
    const about = items.find((item) => item.key === key) ?? items.find((item) => item.name === name);
    return about ? [about.limits ? h("p", {}, said(about.limits)) : null, h("ul", {}, about.accuracy.map((a) => h("li", {}, line(a, about.unit))))] : null;
  };
}

const line = (a, unit) => (a.within === null ? [t("good.unknown"), " ", said(a.why)]
  : [t("good.within", { gait: t(`gait.${a.gait}`), within: written(a.within, a.within < 10 ? 1 : 0), unit, n: a.n }), " ", said(a.against)]);
