// What was written down reaches the server once, even if the network is gone for a while.

import { Problem, post } from "./api.js";

const KEY = "catfoot.waiting";
const read = () => JSON.parse(localStorage.getItem(KEY) ?? "[]");
const write = (items) => localStorage.setItem(KEY, JSON.stringify(items));

/** Send, or keep and send later. Returns whether the server has it; throws what it refused. */
export async function send(path, value) {
  // The same key on every try: the server writes it down once.
  const item = { path, value, key: crypto.randomUUID?.() ?? String(Math.random()).slice(2) + Date.now() };
  try {
    await post(path, value, item.key);
    return true;
  } catch (problem) {
    if (!again(problem)) throw problem;
    write([...read(), item]);
    return false;
  }
}

/** Try again what is waiting; returns how many arrived. */
export async function flush() {
  let arrived = 0;
  for (const item of read()) {
    try {
      await post(item.path, item.value, item.key);
    } catch (problem) {
      if (again(problem)) break;
    }
    arrived += 1;
    write(read().filter((other) => other.key !== item.key));
  }
  return arrived;
}

const again = (problem) => problem instanceof Problem && (problem.status === 0 || problem.status >= 500);

addEventListener("online", flush);
flush();
