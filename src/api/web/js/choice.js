// Buttons to choose from, big enough for a thumb.

import { at, h } from "./dom.js";
import { t } from "./words.js";

/** Fill the group of that id with [value, text] buttons; one is chosen at most. Returns {value}. */
export function choose(id, options, chosen = null) {
  const state = { value: chosen };
  const buttons = options.map(([value, text]) =>
    h("button", { type: "button", "aria-pressed": String(value === chosen), onclick: (e) => {
      state.value = state.value === value ? null : value;
      for (const b of buttons) b.setAttribute("aria-pressed", String(b === e.currentTarget && state.value !== null));
    } }, text));
  at(id).replaceChildren(...buttons);
  return state;
}

/** The same, with any number chosen; changed(values) hears of each change. Returns {values}. */
export function chooseMany(id, options, changed = () => {}, chosen = []) {
  const state = { values: [...chosen] };
  at(id).replaceChildren(...options.map(([value, text]) =>
    h("button", { type: "button", "aria-pressed": String(chosen.includes(value)), onclick: (e) => {
      const on = !state.values.includes(value);
      state.values = on ? [...state.values, value] : state.values.filter((v) => v !== value);
      e.currentTarget.setAttribute("aria-pressed", String(on));
      changed(state.values);
    } }, text)));
  return state;
}

/** Return a labelled slider from 0 to 10 that shows its number. */
export function score(text, value, changed) {
  const shown = h("output", {}, t("of_10", { n: value }));
  const input = h("input", { type: "range", min: 0, max: 10, step: 1, value, "aria-label": t("choice.0_to_10", { what: text }),
    oninput: () => { shown.textContent = t("of_10", { n: input.value }); changed(Number(input.value)); } });
  return h("label", { class: "score" }, h("span", {}, text), input, shown);
}
