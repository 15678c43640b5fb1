// What others wrote for an athlete, which the athlete may decline.

import { get, of, post } from "./api.js";
import { at, h, put } from "./dom.js";
import { day, km } from "./numbers.js";
import { known, t } from "./words.js";

const NOUNS = ["planned-runs", "planned-weeks", "strength-sessions", "check-ins", "after-runs", "availability"];
const OWN = new Set(["machine", "demo"]);

/** Show what others wrote and what was declined; told(what) says what the server refused. */
export async function declines(me, told) {
  const athlete = me.athlete;
  const [names, gone, ...lists] = await Promise.all([get(of(athlete, "names")), get(of(athlete, "declined")),
    ...NOUNS.map((noun) => get(`${of(athlete, noun)}?limit=100`))]);
  const who = Object.fromEntries(names.items.map((one) => [one.id, one.name]));
  const theirs = lists.flatMap(({ items }, i) => items.filter((row) => ![me.id, athlete].includes(row.author) && !OWN.has(row.author))
    .map((row) => ({ noun: NOUNS[i], row })));
  at("written-part").hidden = !theirs.length && !gone.items.length;
  put("written", theirs.map(({ noun, row }) => h("li", {}, h("span", { class: "name" }, what(noun, row)),
    h("button", { type: "button", onclick: () => told(async () => {
      await post(of(athlete, "declined"), { noun, id: row.id, reason: at("decline-why").value.trim() });
      at("decline-why").value = "";
      await declines(me, told);
    }) }, t("decline.do")),
    h("span", { class: "what" }, t("decline.by", { name: who[row.author] ?? t("account.gone") })))));
  put("declined", gone.items.map((one) => h("li", {}, h("b", {}, day(one.day)), ": ",
    t("decline.done", { what: t(`noun.${one.noun}`), name: who[one.by] ?? t("account.gone") }), one.reason ? ` (${one.reason})` : "")));
}

const what = (noun, row) => [t(`noun.${noun}`), day(row.day ?? row.monday ?? row.created_at.slice(0, 10)),
  row.title || km(row.distance_m ?? null) || (row.kind ? known(`run_kind.${row.kind}`, "") : "")].filter(Boolean).join(" · ");
