// How pages look and speak on this device, and what of it waits for the server.

import { at, h, put } from "./dom.js";
import { lacks } from "./offline.js";
import { begin } from "./page.js";
import { dismiss, flush, refused, waiting } from "./queue.js";
import { MILE_M, choose, imperial, paceOver } from "./units.js";
import { language, t } from "./words.js";

const LANGUAGES = ["en", "de"];
const YEAR_S = 31_536_000;

function group(id, options, chosen, use) {
  put(id, options.map(([value, text, lang]) =>
    h("button", { type: "button", lang, "aria-pressed": String(value === chosen), onclick: () => { use(value); } }, text)));
}

function show() {
  group("languages", LANGUAGES.map((name) => [name, t(`language.${name}`), name]), language, (name) => {
    document.cookie = `catfoot_language=${name}; path=/; max-age=${YEAR_S}; SameSite=Strict`;
    location.reload();
  });
  group("units", ["metric", "imperial"].map((name) => [name, t(`settings.${name}`)]), imperial() ? "imperial" : "metric",
    (units) => { choose({ units }); show(); });
  group("pace", ["km", "mi"].map((name) => [name, t(`unit.min_${name}`)]), paceOver() === MILE_M ? "mi" : "km",
    (pace) => { choose({ pace }); show(); });
  const missing = lacks();
  put("lacks", (missing.length ? missing : [t("settings.complete")]).map((text) => h("li", {}, text)));
  const noun = (item) => item.path.split("/").slice(5).join("/");
  put("waiting", waiting().length ? waiting().map((item) => h("li", {}, noun(item))) : h("li", { class: "quiet" }, t("settings.none")));
  put("refused", refused().map((item) => h("li", {}, `${noun(item)}: ${item.why}`)));
  at("refused-part").hidden = !refused().length;
  at("flush").disabled = !waiting().length;
}

at("flush").addEventListener("click", async () => { await flush(); show(); });
at("dismiss").addEventListener("click", () => { dismiss(); show(); });
show();
begin(() => {}, () => {});
