// Elements without markup in strings: whatever a file or a person called something is text.

const SVG = "http://www.w3.org/2000/svg";

function fill(node, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "data") Object.assign(node.dataset, value);
    else if (name === "text") node.textContent = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false));
  return node;
}

/** Return an HTML element: h("p", {class: "quiet"}, "text", child, ...). */
export const h = (tag, props, ...children) => fill(document.createElement(tag), props, children);

/** Return an SVG element. */
export const s = (tag, props, ...children) =>
  fill(document.createElementNS(SVG, tag), props, children);

/** Return the element of that id. */
export const at = (id) => document.getElementById(id);

/** Replace everything inside the element of that id. */
export const put = (id, ...children) => at(id).replaceChildren(...children.flat(Infinity));

/** Say something to a screen reader, once, without moving the focus. */
export function say(text) {
  at("status").textContent = text;
}

/** Set text only where it differs: no needless layout ten times a second. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
