// Sentences that the server writes, in the language it writes them in.

import { h } from "./dom.js";
import { known, language } from "./words.js";

/** Return a sentence of the server so that a screen reader reads it in its own language. */
export const said = (text) => (language === "en" || !text ? text : h("span", { lang: "en" }, text));

/** Return what a flag is called, to be put on a page. */
export const flagTitle = ({ rule, title }) => (language === "en" ? title : known(`flag.${rule}`, said(title)));

/** Return what an exercise is called. */
export const exerciseName = (id, name = null) => known(`exercise.${id}`, name ?? plain(id));

/** Return the same to be put on a page, in the language it is in. */
export const exercise = (id, name = null) => known(`exercise.${id}`, said(name ?? plain(id)));

const plain = (id) => id[0].toUpperCase() + id.slice(1).replaceAll("_", " ");
