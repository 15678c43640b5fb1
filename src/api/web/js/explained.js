// A measure's name leads to its tile on the page, where it says what it is and how good it is here.

import { at, h } from "./dom.js";
import { label } from "./numbers.js";

const place = (name) => `number-${name}`;

/** Return a measure's name; where its tile is on the page, a tap opens that. */
export function explained(name, text = label(name)) {
  if (!at(place(name))) return text;
  return h("a", { class: "explained", href: `#${place(name)}`, onclick: () => opened(at(place(name))) }, text);
}

function opened(tile) {
  tile.querySelector("details").open = true;
  const folded = tile.parentNode.closest("details");
  if (folded) folded.open = true;
}

/** Give the tile of a measure the place that its name leads to. */
export function placed(name, tile) {
  tile.id = place(name);
  return tile;
}
