// Every word of the pages comes from one message file of the page's language.

export const language = document.documentElement.lang || "en";
export const locale = { en: "en-GB", de: "de-DE" }[language] ?? "en-GB";

const words = await (await fetch(new URL(`../words/${language}.json`, import.meta.url))).json();
const form = new Intl.PluralRules(locale);

function message(key, fills) {
  const text = words[key];
  if (text === undefined) {
    console.error(`no message is called ${key}`);
    return key;
  }
  return typeof text === "string" ? text : text[form.select(fills.n)] ?? text.other;
}

/** Return the message of that key; {name} is what `fills` holds under it, `n` chooses its form. */
export const t = (key, fills = {}) =>
  message(key, fills).replace(/\{(\w+)\}/g, (whole, name) => String(fills[name] ?? whole));

/** The same with elements among the fills: a list of texts and nodes. */
export const parts = (key, fills) =>
  message(key, fills).split(/\{(\w+)\}/).map((part, i) => (i % 2 ? fills[part] ?? "" : part));

/** Return a name as it stands inside a sentence: German nouns keep their capital. */
export const within = (name) => (language === "en" ? name.toLowerCase() : name);

/** Return the message of that key where there is one, else what the server said. */
export const known = (key, otherwise) => (words[key] === undefined ? otherwise : t(key));

/** Return a message as it stands in the file, with its holes. */
export const raw = (key) => words[key];
