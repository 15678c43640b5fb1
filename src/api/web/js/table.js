// A table of texts: the first column names its row, the others are numbers.

import { h } from "./dom.js";

/** Return a table that scrolls sideways where the screen is narrow; cells may be nodes, "words" stand left. */
export function table(heads, rows, label = heads[0], cells = "n") {
  return h("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": label }, h("table", {},
    h("thead", {}, h("tr", {}, heads.map((head, i) => h("th", { scope: "col", class: i ? cells : "" }, head)))),
    h("tbody", {}, rows.map((row) => h("tr", {}, row.map((cell, i) =>
      (i ? h("td", { class: cells }, cell) : h("th", { scope: "row" }, cell))))))));
}
