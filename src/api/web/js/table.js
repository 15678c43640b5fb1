// A table of texts: the first column names its row, the others are numbers.

import { h } from "./dom.js";

/** Return a table that scrolls sideways where the screen is narrow; cells may be nodes. */
export function table(heads, rows, label = heads[0]) {
  return h("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": label }, h("table", {},
    h("thead", {}, h("tr", {}, heads.map((head, i) => h("th", { scope: "col", class: i ? "n" : "" }, head)))),
    h("tbody", {}, rows.map((cells) => h("tr", {}, cells.map((cell, i) =>
      (i ? h("td", { class: "n" }, cell) : h("th", { scope: "row" }, cell))))))));
}
