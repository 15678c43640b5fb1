// What waits until it is needed: a part of the page that nobody scrolls to costs nothing.

import { at } from "./dom.js";

const NEAR = "300px";

/** Call work() once the element of that id comes near the part of the page that is seen. */
export function whenNear(id, work) {
  const watch = new IntersectionObserver((seen) => {
    if (!seen.some((one) => one.isIntersecting)) return;
    watch.disconnect();
    work();
  }, { rootMargin: NEAR });
  watch.observe(at(id));
}
