// Sentences that the server writes in English, said in the page's language.
//
// A file names each sentence with its holes: {n} and other single letters hold a number, {day} a
// day, {list} names with commas, anything else a name or another sentence. What no line of the
// file says stays in English and is marked as such.

import { language, locale, raw } from "./words.js";

const NUMBER = "[+\\-−]?\\d+(?:\\.\\d+)?";
const DAY = "\\d{1,2} [A-Z][a-z]+";
const MONTHS = Array.from({ length: 12 }, (_, i) => ["en-GB", locale].map((name) => new Date(Date.UTC(2000, i, 1)).toLocaleDateString(name, { month: "long", timeZone: "UTC" })));
// Whatever the message files name in both languages is known here too.
const NAMED = /^(flag|exercise|site|test|measure|foot|side|surface|kind)\./;

const FREE = ["name", "who", "shoe", "why", "unit", "unit2", "rules", "people"]; // what people call themselves and things, and signs of units
const LOOSE = [...FREE, "what", "where", "exercise"]; // exercises of one's own have names that no file knows

const load = (name) => fetch(new URL(`../words/${name}.json`, import.meta.url)).then((answer) => answer.json());
const [lines, english] = language === "en" ? [{}, {}] : await Promise.all([load(`told/${language}`), load("en")]);
const phrases = new Map(), forms = [];

for (const [key, text] of Object.entries(english)) {
  if (!NAMED.test(key) || typeof text !== "string" || key.endsWith(".what")) continue;
  phrases.set(text, raw(key));
  if (key.startsWith("exercise.") || key.startsWith("test.")) phrases.set(key.slice(key.indexOf(".") + 1).replaceAll("_", " "), raw(key));
}
for (const [from, to] of Object.entries(lines)) {
  if (!from.includes("{")) phrases.set(from, to);
  else forms.push({ to, names: [...from.matchAll(/\{(\w+)\}/g)].map((hole) => hole[1]), weight: from.replace(/\{\w+\}/g, "").length, ...pattern(from) });
}
forms.sort((a, b) => b.weight - a.weight); // what says more is tried first

function pattern(from) {
  const source = from.split(/(\{\w+\})/).map((part) => (part.startsWith("{") ? `(${hole(part.slice(1, -1))})`
    : part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))).join("");
  return { test: new RegExp(`^${source}$`) };
}

function hole(name) {
  if (name.length === 1) return NUMBER;
  if (name.startsWith("unit") || name === "evidence") return "[^;“]+?";
  return name.startsWith("day") ? DAY : ".+?";
}

const known = new Map();

/** Return a sentence in the page's language, null where it cannot be said in it. */
export function told(text) {
  if (!known.has(text)) known.set(text, whole(text));
  return known.get(text);
}

function whole(text) {
  const at_once = one(text);
  if (at_once !== null) return at_once;
  const parts = text.split(/(?<=[.!?]) (?=[A-Z0-9“])/);
  if (parts.length === 1) return null;
  const said = parts.map(one);
  return said.includes(null) ? null : said.join(" ");
}

const small = (text) => text[0].toLowerCase() + text.slice(1);
const large = (text) => text[0].toUpperCase() + text.slice(1);

/** One sentence or phrase, null where it cannot be said; its first letter may be large or small. */
function one(text) {
  const cased = [text, small(text), large(text)];
  for (const form of cased) if (phrases.has(form)) return phrases.get(form);
  if (/\. [A-Z]/.test(text)) return null; // a hole would swallow what follows
  return matched(cased, FREE) ?? matched(cased, LOOSE);
}

/** Return the first form that fits and whose holes can all be said; those called `free` may stay as they are. */
function matched(cased, free) {
  for (const { test, names, to } of forms) {
    const found = cased.map((form) => test.exec(form)).find(Boolean);
    if (!found) continue;
    const fills = names.map((name, i) => filled(name, found[i + 1], free));
    if (fills.includes(null)) continue;
    return names.reduce((text, name, i) => text.replace(`{${name}}`, () => fills[i]), to);
  }
  return null;
}

function filled(name, text, free) {
  if (new RegExp(`^${NUMBER}$`).test(text)) return text.replace(".", locale === "de-DE" ? "," : ".").replace(/^-/, "−");
  if (new RegExp(`^${DAY}$`).test(text)) return dated(text);
  if (!/[A-Za-z]/.test(text)) return text; // a sign for a unit
  if (name === "list") {
    const parts = text.split(", ").map(one);
    return parts.includes(null) ? null : parts.join("; "); // titles may hold commas
  }
  return one(text) ?? (free.includes(name) ? text : null);
}

function dated(text) {
  const [n, month] = text.split(" ");
  const found = MONTHS.find(([of]) => of === month);
  return found ? `${n}. ${found[1]}` : text;
}
