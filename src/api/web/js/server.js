// Sentences that the server writes, in the language it writes them in.

import { h } from "./dom.js";
import { known, language } from "./words.js";

/** Return a sentence of the server so that a screen reader reads it in its own language. */
export const said = (text) => (language === "en" || !text ? text : h("span", { lang: "en" }, text));

/** Return what an exercise is called. */
export const exerciseName = (id, name = null) => known(`exercise.${id}`, name ?? id.replaceAll("_", " "));
