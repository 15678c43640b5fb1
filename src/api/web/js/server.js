// Sentences that the server writes, said in the page's language where it knows how.

import { h } from "./dom.js";
import { told } from "./told.js";
import { known, language } from "./words.js";

/** Return a sentence of the server; one that stays in English so that a screen reader reads it as such. */
export const said = (text) => (language === "en" || !text ? text : told(text) ?? h("span", { lang: "en" }, text));

/** Return the same as a text, to be spoken aloud or put inside another. */
export const plainly = (text) => (language === "en" || !text ? text : told(text) ?? text);

/** Return what a flag is called, to be put on a page. */
export const flagTitle = ({ rule, title }) => (language === "en" ? title : known(`flag.${rule}`, said(title)));

/** Return what an exercise is called. */
export const exerciseName = (id, name = null) => known(`exercise.${id}`, name ?? plain(id));

/** Return the same to be put on a page, in the language it is in. */
export const exercise = (id, name = null) => known(`exercise.${id}`, said(name ?? plain(id)));

const plain = (id) => id[0].toUpperCase() + id.slice(1).replaceAll("_", " ");
